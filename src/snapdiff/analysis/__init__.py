"""Recording → findings. Pure functions: numbers in, verdict out."""

from snapdiff.analysis.analyze import analyze
from snapdiff.analysis.model import Analysis, Finding, Verdict

__all__ = ["Analysis", "Finding", "Verdict", "analyze"]
