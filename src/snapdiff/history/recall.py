"""Have we seen this leak before? Asks the store, and says in words what is alike."""

from __future__ import annotations

from typing import Final

from snapdiff.analysis.past import PastFinding, PastRun
from snapdiff.analysis.recall import Alike, Recall, in_common
from snapdiff.analysis.trend import in_time, notes_on
from snapdiff.history.store import Store
from snapdiff.history.tables import HistoryError

#: Other causes that are shown.
_MOST: Final = 5
#: Causes less alike than this (cosine) are not shown. Of 17 leaks of the corpus, two that have nothing in common are
#: alike by 0.15 at most; the same one with another container by 0.53 or more, with another type by 0.60 or more.
_LEAST: Final = 0.3
#: A shorter beginning of a fingerprint is met by chance.
_BEGINNING: Final = 4


def recall(store: Store, finding: PastFinding, leave_out: str = "") -> Recall:
    """Return what is remembered that is like a finding: the same cause first, then others, the most like it first.

    Runs whose id is `leave_out` do not count. Nothing is called alike of which cannot be said in words what is.
    """
    likeness = {finding.fingerprint: 1.0} | dict(store.nearest(finding, 4 * _MOST))
    close = [name for name, value in likeness.items() if value >= _LEAST]
    runs = [run for run in in_time(store.runs_with(close)) if run.id != leave_out]
    notes = store.notes()
    found: list[Alike] = []
    for name in close:
        having = [run for run in runs if any(each.fingerprint == name for each in run.findings)]
        if not having:
            continue
        newest = _of(having[-1], name)
        same = name == finding.fingerprint
        reasons = in_common(finding, newest)
        if same or reasons:
            written = notes_on(name, notes)
            found.append(Alike(newest, same, likeness[name], reasons, len(having), having[0], having[-1], written))
    same_too = 1 if found and found[0].same else 0
    return Recall(finding, tuple(found[: _MOST + same_too]))


def finding(store: Store, beginning: str) -> PastFinding:
    """Return the newest finding whose fingerprint begins so. Raises HistoryError where that is none or several."""
    if len(beginning) < _BEGINNING:
        raise HistoryError(
            f"{beginning!r} is too short for a fingerprint: give at least {_BEGINNING} characters of it."
        )
    known = store.fingerprints(beginning.lower())
    if len(known) > 1:
        raise HistoryError(f"{beginning!r} begins several fingerprints ({', '.join(known[:5])}): give more of it.")
    runs = in_time(store.runs_with(known)) if known else ()
    if not runs:
        raise HistoryError(
            f"No finding with the fingerprint {beginning!r} is remembered at {store.place}. "
            "`snapdiff history show TARGET` lists those that are."
        )
    return _of(runs[-1], known[0])


def _of(run: PastRun, fingerprint: str) -> PastFinding:
    return next(each for each in run.findings if each.fingerprint == fingerprint)
