"""A codec written in C copies each text before it encodes it, and frees no copy."""

import importlib.util
import pathlib
import shutil
import subprocess
import sysconfig
import tempfile

SOURCE = r"""
#include <Python.h>
#include <stdlib.h>
#include <string.h>

static PyObject *encode(PyObject *module, PyObject *text)
{
    Py_ssize_t size;
    const char *data = PyUnicode_AsUTF8AndSize(text, &size);
    if (!data)
        return NULL;
    char *copy = malloc((size_t)size);
    if (!copy)
        return PyErr_NoMemory();
    memcpy(copy, data, (size_t)size);
    for (Py_ssize_t at = 0; at < size; at++)
        copy[at] ^= 0x20;
    PyObject *result = PyBytes_FromStringAndSize(copy, size);
    /* free(copy); */
    return result;
}

static PyMethodDef methods[] = {{"encode", encode, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "codec", .m_size = 0, .m_methods = methods};
PyMODINIT_FUNC PyInit_codec(void) { return PyModule_Create(&definition); }
"""
codec = None


def setup():
    global codec
    folder = pathlib.Path(tempfile.mkdtemp(prefix="codec"))
    try:
        (folder / "codec.c").write_text(SOURCE, encoding="utf-8")
        library = folder / f"codec{sysconfig.get_config_var('EXT_SUFFIX')}"
        command = ["cc", "-O1", "-shared", "-fPIC", f"-I{sysconfig.get_path('include')}", "-o", str(library), "codec.c"]
        subprocess.run(command, cwd=folder, check=True)
        spec = importlib.util.spec_from_file_location("codec", library)
        codec = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(codec)
    finally:
        shutil.rmtree(folder)


def iterate():
    words = ["invoice", "a letter that is somewhat longer than the others", "note"]
    sizes = 0
    for word in words:
        sizes += len(codec.encode(word))  # born
    assert sizes == sum(map(len, words))
