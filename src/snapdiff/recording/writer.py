"""Writes a recording, all of it or nothing."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

from snapdiff.recording import schema
from snapdiff.recording.model import Recording
from snapdiff.recording.rows import utf8

# ZIP entries carry a time; a fixed one makes equal recordings equal files.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write(recording: Recording, path: Path) -> int:
    """Write a recording to a file, replacing it in one step; return its size in bytes.

    Raises OSError when the file cannot be written.
    """
    import pyarrow.parquet as pq

    manifest = {"format": schema.FORMAT, "version": [schema.MAJOR, schema.MINOR], **recording.manifest}
    temporary = path.with_name(path.name + ".tmp")
    try:
        with zipfile.ZipFile(temporary, "w") as file:
            text = json.dumps(manifest, indent=1, ensure_ascii=False)
            file.writestr(_entry(schema.MANIFEST), utf8(text), compress_type=zipfile.ZIP_DEFLATED)
            for name, columns in schema.tables().items():
                data = io.BytesIO()
                pq.write_table(recording.tables[name].cast(columns), data, compression="zstd")
                # Stored, not deflated: Parquet has compressed it already.
                file.writestr(_entry(name + ".parquet"), data.getvalue())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return path.stat().st_size


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, _EPOCH)
