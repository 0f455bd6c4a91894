"""Reads a recording that anyone may have made. Nothing in it is trusted, nothing of it is run."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snapdiff.recording import schema, validate
from snapdiff.recording.model import Recording, RecordingError

if TYPE_CHECKING:
    import pyarrow as pa


#: Rows unpacked at a time: few enough that text repeated by a dictionary is noticed before it fills the memory.
_BATCH = 512
#: The end of a ZIP: its record of 22 bytes and the longest comment.
_END_BYTES = 22 + 65_535


def read(path: Path) -> Recording:
    """Read a recording. Raises RecordingError with one sentence when that is not possible."""
    try:
        size = path.stat().st_size
        if not path.is_file() and not path.is_dir():
            raise RecordingError(f"{path} is not a file.")
        if path.is_dir():
            raise RecordingError(f"{path} is a folder, not a recording.")
        if size > schema.MAX_FILE_BYTES:
            raise RecordingError(f"{path} is larger than any recording ({size:,} bytes).")
        with path.open("rb") as file:
            start = file.read(4)
            file.seek(max(0, size - _END_BYTES))
            end = file.read()
        if start[:2] != b"PK":
            raise RecordingError(f"{path} is not a snapdiff recording.")
        if _directory_size(end) > schema.MAX_ENTRIES * 1024:
            raise RecordingError(f"{path} is not a snapdiff recording: it has too many parts.")
        with zipfile.ZipFile(path) as archive:
            return _read_archive(archive, path)
    except FileNotFoundError:
        raise RecordingError(f"There is no file {path}.{_unsealed(path)}") from None
    except zipfile.BadZipFile:
        raise RecordingError(f"{path} is damaged or cut short: its table of contents is missing.") from None
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (NotImplementedError, UnicodeError, ValueError) as error:
        # zipfile's words for versions, names and offsets that no writer of ours makes.
        raise RecordingError(f"{path} is damaged: its table of contents makes no sense.") from error


def _directory_size(end: bytes) -> int:
    """Return the size of a ZIP's table of contents as its end says; zipfile would read all of it first."""
    at = end.rfind(b"PK\x05\x06")
    return int.from_bytes(end[at + 12 : at + 16], "little") if at >= 0 else 0


def _unsealed(path: Path) -> str:
    part = path.with_name(path.name + ".part")
    return f" An unfinished recording is beside it: seal it with `snapdiff seal {part}`." if part.is_dir() else ""


def _read_archive(archive: zipfile.ZipFile, path: Path) -> Recording:
    if len(archive.infolist()) > schema.MAX_ENTRIES:
        raise RecordingError(f"{path} is not a snapdiff recording: it has too many parts.")
    manifest = _manifest(archive, path)
    version = manifest.get("version")
    if not (isinstance(version, list) and len(version) == 2 and all(type(part) is int for part in version)):  # noqa: PLR2004
        raise RecordingError(f"{path} is damaged: it does not say its format's version.")
    if version[0] != schema.MAJOR:
        newer = "read it with a newer snapdiff (pip install --upgrade snapdiff-leaks)"
        todo = newer if version[0] > schema.MAJOR else "record it again"
        raise RecordingError(
            f"{path} has format version {version[0]}.{version[1]}, this snapdiff reads {schema.MAJOR}.x: {todo}."
        )
    tables = {
        name: columns.empty_table() if version[1] < schema.SINCE.get(name, 0) else _table(archive, name, columns, path)
        for name, columns in schema.tables().items()
    }
    recording = Recording(manifest, tables)
    wrong = validate.find_nonsense(recording)
    if wrong is not None:
        raise RecordingError(f"{path} is damaged: {wrong}.")
    return recording


def _entry(archive: zipfile.ZipFile, name: str, limit: int, path: Path) -> bytes:
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise RecordingError(f"{path} is not a snapdiff recording: it has no {name}.") from None
    if info.file_size > limit:
        raise RecordingError(f"{path} is damaged: {name} is too large ({info.file_size:,} bytes).")
    try:
        with archive.open(info) as file:
            # A header may lie about the size; reading stops there.
            data = file.read(limit + 1)
    except Exception as error:  # zlib, CRC, encryption and unsupported methods each raise their own
        raise RecordingError(f"{path} is damaged: {name} cannot be unpacked.") from error
    if len(data) > limit:
        raise RecordingError(f"{path} is damaged: {name} is too large.")
    return data


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        text = _entry(archive, schema.MANIFEST, schema.MAX_MANIFEST_BYTES, path)
        manifest = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise RecordingError(f"{path} is damaged: its manifest is not JSON.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != schema.FORMAT:
        raise RecordingError(f"{path} is not a snapdiff recording.")
    return manifest


def _table(archive: zipfile.ZipFile, name: str, columns: pa.Schema, path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = _entry(archive, name + ".parquet", schema.MAX_TABLE_BYTES, path)
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        found = file.schema_arrow
        if file.metadata.num_rows > schema.MAX_ROWS:
            raise RecordingError(f"{path} is damaged: {name} has too many rows.")
        if found.names != columns.names or found.types != columns.types:
            raise RecordingError(f"{path} is damaged: {name} has other columns than version {schema.MAJOR} defines.")
        batches = []
        rows = size = 0
        # In batches, so that what unpacks to more than it says is noticed on the way.
        for batch in file.iter_batches(batch_size=_BATCH):
            rows += batch.num_rows
            size += batch.nbytes
            if rows > schema.MAX_ROWS or size > schema.MAX_TABLE_BYTES:
                raise RecordingError(f"{path} is damaged: {name} is too large.")
            batches.append(batch)
        table = pa.Table.from_batches(batches, schema=columns)
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise RecordingError(f"{path} is damaged: its table {name} cannot be read.") from error
    return table
