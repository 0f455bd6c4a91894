"""Findings of many runs in LanceDB: trends, and whether a leak was seen before."""

from snapdiff.history.origin import find_origin
from snapdiff.history.recall import finding, recall
from snapdiff.history.store import Store, now
from snapdiff.history.tables import HistoryError

__all__ = ["HistoryError", "Store", "find_origin", "finding", "now", "recall"]
