"""The supervisor: starts the target, watches it from outside, seals what it measured into one file."""

from snapdiff.record.options import Options, OptionsError
from snapdiff.record.supervisor import Outcome, Progress, record
from snapdiff.record.unfinished import seal_unfinished

__all__ = ["Options", "OptionsError", "Outcome", "Progress", "record", "seal_unfinished"]
