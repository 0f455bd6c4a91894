"""The recording: one file, a ZIP of `manifest.json` and Parquet tables, that needs neither program nor trust."""

from snapdiff.recording.model import Recording, RecordingError
from snapdiff.recording.reader import read
from snapdiff.recording.writer import write

__all__ = ["Recording", "RecordingError", "read", "write"]
