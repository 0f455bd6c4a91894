"""The one part of the build that pyproject.toml cannot say yet: the optional native walker."""

from pathlib import Path

from setuptools import Extension, setup

SOURCES = Path("src/walker")

setup(
    ext_modules=[
        Extension(
            "snapdiff.agent._walker",
            sources=sorted(str(path) for path in SOURCES.glob("*.c")),
            depends=sorted(str(path) for path in SOURCES.glob("*.h")),
            # Without a compiler or Python's headers the installation goes on: snapshots are then taken in Python.
            optional=True,
            extra_compile_args=["-std=c11", "-O2", "-fvisibility=hidden"],
        )
    ]
)
