"""Sentences that can be pasted into a ticket."""

from __future__ import annotations

from collections.abc import Sequence

from snapdiff.analysis.model import BornAt, Control, Finding, Frame, GrownAt, Round, Verdict


def amount(size: float) -> str:
    """Return bytes for people, in the binary units that the page uses: `144 B`, `2.5 KiB`, `1.3 MiB`."""
    for unit, power in (("GiB", 3), ("MiB", 2), ("KiB", 1)):
        if abs(size) >= 1024**power:
            return f"{size / 1024**power:.1f} {unit}"
    return f"{size:.0f} B"


def number_of(count: int, one: str, many: str | None = None) -> str:
    """Return a number with what is counted: `1 object`, `2,276 objects`."""
    return f"{count:,} {one if abs(count) == 1 else many or f'{one}s'}"


def some_of(names: Sequence[str], most: int = 3) -> str:
    """Return the first names of a list, and how many more there are: `socket, pipe, file and 2 more`."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def rate(value: float) -> str:
    """Return a rate without false precision."""
    if value == round(value):
        return f"{value:.0f}"
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) >= 0.01 else f"{value:.2g}"  # noqa: PLR2004


def pace(value: float, one: str, many: str) -> str:
    """Return how often something comes: `7 entries per call`, and below one in two calls `1 entry per 40 calls`."""
    calls = _period(value)
    if calls > 1:
        return f"1 {one} per {_whole(calls)} calls"
    return f"{rate(value)} {one if value == 1 else many} per call"


def place(frame: Frame) -> str:
    """Return a line with its function: `app/cart.py:41 in add`."""
    return f"{frame.file}:{frame.line}" + (f" in {frame.function}" if frame.function else "")


def gained_per_call(finding: Finding) -> float:
    """Return what a call leaves, in the unit of the finding; 0 where its curve does not say."""
    if finding.unit == "bytes":
        return finding.bytes_per_iteration
    if finding.unit != "entries":
        return finding.objects_per_iteration
    if len(finding.curve) < 2:  # noqa: PLR2004
        return 0.0
    (before, had), (calls, has) = finding.curve[-2:]
    return (has - had) / max(1, calls - before)


def pace_of(finding: Finding) -> str:
    """Return what a finding gains and how often: `1 entry per call`, `70 B per call`, `3 per call`."""
    value = gained_per_call(finding)
    if finding.unit == "bytes":
        return f"{amount(value)} per call"
    one, many = units_of(finding)
    return pace(value, one, many).replace("  ", " ")


def units_of(finding: Finding) -> tuple[str, str]:
    """Return what one and many of what is counted are called; empty for objects, which are told by their type."""
    if finding.unit == "entries" and finding.container is not None:
        return SIZED.get(finding.container.type, _UNITS["entries"])
    return _UNITS.get(finding.unit, ("", ""))


#: Containers whose entries are called otherwise, one and many.
SIZED = {
    **dict.fromkeys(("str", "_io.StringIO"), ("character", "characters")),
    **dict.fromkeys(("bytes", "bytearray", "_io.BytesIO"), ("byte", "bytes")),
}


#: Units of `Finding.growth` as they are said, one and many.
_UNITS = {
    "entries": ("entry", "entries"),
    "blocks": ("memory block", "memory blocks"),
    "descriptors": ("file descriptor", "file descriptors"),
    "threads": ("thread", "threads"),
    "tasks": ("asyncio task", "asyncio tasks"),
    "processes": ("child process", "child processes"),
}
#: What becomes of them: said of one, and of many.
_STAY = {
    "descriptors": ("is left open", "are left open"),
    "threads": ("never ends", "never end"),
    "tasks": ("never finishes", "never finish"),
    "processes": ("is never waited for", "are never waited for"),
}
_MADE = {"descriptors": "opened", "threads": "started", "tasks": "created", "processes": "started"}
#: Who has memory that is no object's, by the domain of the finding.
_WHOSE = {"native": "the process", "arrow": "the Arrow memory pool"}


def _period(value: float) -> float:
    """Return the calls that one gain takes, 1 where a rate reads better."""
    return 1 / value if 0 < value <= 0.5 else 1.0  # noqa: PLR2004


def _whole(calls: float) -> str:
    return f"{calls:,.0f}" if calls >= 10 or abs(calls - round(calls)) < 0.05 else f"{calls:.1f}"  # noqa: PLR2004


def _who(finding: Finding) -> str:
    return f"`{finding.container.path}`" if finding.container is not None else "the process"


def _what(finding: Finding) -> str:
    """Return what a finding gains, with its bytes in the same number of calls."""
    value = gained_per_call(finding)
    if finding.unit == "bytes":
        beside = " and outside the Python heap" if finding.domain in _WHOSE else ""
        return f"{_rising(finding)} in one `{finding.type}`{beside}"
    calls = 1.0 if finding.rise is not None else _period(value)
    size = amount(finding.bytes_per_iteration * calls)
    if finding.bytes_rise is not None:
        size = f"{amount(finding.bytes_rise[0] * calls)} rising to {size}"
    # Of what an object takes that says no size of its memory nothing is known, and not that it is nothing.
    told = f" ({size})" if round(finding.bytes_per_iteration * calls) else ""
    if finding.unit in ("entries", "blocks") or finding.type is None:
        return f"{_rising(finding) if value else 'entries'}{told}"
    one = many = f"`{finding.type}`"
    if finding.type == "bytes":  # "gains 1 `bytes`" reads as a size
        one, many = f"{one} object", f"{many} objects"
    paced = pace(value, one, many) if finding.rise is None else f"{_from_to(finding.rise)} {many} per call"
    return f"{paced}{told}"


def _rising(finding: Finding) -> str:
    """Return what a finding gains and how often, with where it began if that rises with the calls."""
    if finding.rise is None:
        return pace_of(finding)
    if finding.unit == "bytes":
        return f"{amount(finding.rise[0])} rising to {amount(finding.rise[1])} per call"
    return f"{_from_to(finding.rise)} {units_of(finding)[1]} per call"


def _from_to(rates: tuple[float, float]) -> str:
    return f"{rate(rates[0])} rising to {rate(rates[1])}"


def _place(finding: Finding) -> str:
    """Return where it is made, or else where it grows; empty if neither is known."""
    places: list[tuple[str, tuple[BornAt | GrownAt, ...]]] = [("born", finding.born_at), ("grown", finding.grown_at)]
    if finding.container is not None and finding.born_is_memory:
        # Of what holds it, another line may be known; most of what it takes is from here (joining.py).
        places[0] = ("its memory allocated", finding.born_at)
    for word, rows in reversed(places) if finding.unit in ("entries", "bytes") else places:
        if rows:
            return f", {word} at {place(rows[0].frame)}"
    return ""


def _native(finding: Finding) -> str:
    """Return the sentence of what no Python object holds: no holder is named, because none is known."""
    value = gained_per_call(finding)
    size = amount(finding.bytes_per_iteration * _period(value))
    if finding.type is None:
        kept = pace(value, "memory block", "memory blocks")
        line = _place(finding).removeprefix(", born ")
        return f"{kept} ({size}) lost in C{', allocated ' + line if line else ''}; no Python object explains the memory"
    count = sum(finding.growth)
    are, them = ("is", "it") if count == 1 else ("are", "them")
    more = pace(value, "more", "more")
    return (
        f"{count:,} `{finding.type}` {are} held by native code, {more} ({size}){_place(finding)}; "
        f"nothing in Python refers to {them}"
    )


def _outside(finding: Finding) -> str:
    """Return the sentence of what is no object: what stays, of what kind, made where, and who holds it."""
    if finding.unit == "bytes":
        line = f", allocated{_place(finding).removeprefix(', born')}" if finding.born_at else ""
        whose = some_of(finding.kinds) or _WHOSE[finding.domain]
        tail = (
            "; no Python object that grows accounts for it" if finding.domain == "native" and not finding.kinds else ""
        )
        return f"{whose} gains {_rising(finding)} outside the Python heap{line}{tail}"
    paced = _rising(finding)
    kinds = f" ({some_of(finding.kinds)})" if finding.kinds else ""
    stay = _STAY[finding.unit][finding.rise is not None or not paced.startswith("1 ")]
    made = f", {_MADE[finding.unit]}{_place(finding).removeprefix(', born')}" if finding.born_at else ""
    waits = ""
    if finding.waits_at:
        waits = f", waiting at {place(finding.waits_at[0].frame)}"
    held = f"; held by {_who(finding)}" if finding.container is not None else ""
    return f"{paced}{kinds} {stay}{made}{waits}{held}"


def cycle_sentence(finding: Finding, *, most: bool = False) -> str:
    """Return what the collector alone frees; `most` says whether most of it is of the finding's type."""
    kept = pace(finding.objects_per_iteration, "object", "objects")
    one = kept.startswith("1 ")
    part = ("mostly" if most else "sometimes") if one else f"{'most' if most else 'some'} of them"
    among = f", {part} `{finding.type}`," if finding.type is not None else ""
    are = "is" if one else "are"
    return f"Not a leak: {kept}{among} {are} only freed by the cyclic collector{_place(finding)}."


def holds_modules(finding: Finding) -> bool:
    """Say whether what grows is the table of imported modules."""
    return [node.label for node in finding.chain] == ["module sys", ".modules"]


def only_last(finding: Finding) -> bool:
    """Say whether nothing grew but in the last round."""
    return any(finding.growth) and not any(finding.growth[:-1])


def _imports(finding: Finding) -> str:
    """Say how many modules were imported after the first round."""
    count = sum(finding.growth[1:])
    return f"{number_of(count, 'module')} {'was' if count == 1 else 'were'} imported late"


def _saturating(finding: Finding) -> str:
    container = finding.container
    if holds_modules(finding):
        return (
            f"{_imports(finding)}, after the first round, and then {'no more' if finding.growth[-1] <= 0 else 'fewer'}"
        )
    if finding.unit in _STAY:
        return f"the number of {_UNITS[finding.unit][1]} grew and then stopped growing or nearly so"
    if container is not None and container.bound is not None:
        if container.size is not None and container.size >= container.bound:
            return f"{_who(finding)} is full: it holds {container.size:,} and never more than {container.bound:,}"
        holds = "" if container.size is None else f"; it holds {container.size:,} of at most {container.bound:,}"
        return f"{_who(finding)} fills up{holds or f' to at most {container.bound:,}'}"
    what = f"`{finding.type}` in {_who(finding)}" if container is not None else f"`{finding.type}`"
    if finding.unit == "entries" and container is not None:
        what = _who(finding)
    stopped = not finding.growth or finding.growth[-1] <= 0
    return f"{what} grew and then {'stopped growing' if stopped else 'grew less and less'}"


def finding_sentence(finding: Finding) -> str:
    """Return what a finding is, in one sentence."""
    if finding.verdict is Verdict.ONE_TIME:
        left = number_of(finding.growth[0], "object")
        return f"Initialisation: the first round left {left} behind once; that is not a leak."
    if finding.verdict is Verdict.SATURATING:
        return f"Not a leak: {_saturating(finding)}."
    if finding.verdict is Verdict.CYCLE:
        return cycle_sentence(finding)
    head = {Verdict.LEAK: "Leak", Verdict.SLOW_LEAK: "Slow leak"}.get(finding.verdict, "Inconclusive")
    if finding.verdict is Verdict.INCONCLUSIVE and holds_modules(finding):
        return f"{head}: {_imports(finding)}, {'in the last round' if only_last(finding) else 'after the first round'}."
    if finding.held_natively:
        return f"{head}: {_native(finding)}."
    if finding.unit in _STAY or (finding.domain in _WHOSE and finding.container is None and finding.unit == "bytes"):
        return f"{head}: {_outside(finding)}."
    return f"{head}: {_who(finding)} gains {_what(finding)}{_place(finding)}."


def control_sentence(control: Control) -> str:
    """Return why nothing can be said when the control grew."""
    blocks = f" and {number_of(control.blocks, 'memory block')}" if control.blocks else ""
    gained = f"{number_of(control.objects, 'object')}{blocks}"
    return (
        f"Inconclusive: the control, the same rounds around an empty function, gained {gained}; something beside the "
        "calls grows or shrinks (other threads?), so growth cannot be told from it."
    )


def run_sentence(
    findings: tuple[Finding, ...], rounds: tuple[Round, ...], complete: bool, ended: str, accepted: int = 0
) -> str:
    """Return what the run says, in one sentence (two when it ended early). `accepted` counts suppressed findings."""
    early = "" if complete else f"Incomplete, {ended}. "
    if not rounds:
        return f"{early}No round was completed, so nothing can be said."
    worst = [finding for finding in findings if finding.verdict in (Verdict.LEAK, Verdict.SLOW_LEAK)]
    if worst:
        more = len(worst) - 1
        return early + worst[0].sentence + (f" And {more} more." if more else "")
    if findings and findings[0].verdict is Verdict.INCONCLUSIVE:
        return early + findings[0].sentence
    first, calls = rounds[0], sum(each.iterations for each in rounds)
    if len(rounds) == 1:
        return f"{early}Only the first round was completed, which proves nothing."
    but, nothing = "", "nothing"
    if accepted:
        but, nothing = f" but for {number_of(accepted, 'suppressed finding')}", "nothing else"
    text = f"Clean{but}: {nothing} grows with the calls ({number_of(calls, 'call')})"
    if not complete:
        beside = f", beside {accepted} suppressed," if accepted else ""
        completed = f"in the {len(rounds)} rounds that were completed ({number_of(calls, 'call')})"
        text = f"Nothing{beside} grew with the calls {completed}"
    grown = [finding for finding in findings if finding.verdict is Verdict.SATURATING]
    if grown:
        # As its own sentence says: not of every finding is that made of its numbers (kept.py).
        text += f"; {grown[0].sentence.removeprefix('Not a leak: ').removesuffix('.')}"
    if cycles := [finding for finding in findings if finding.verdict is Verdict.CYCLE]:
        freed = pace(cycles[0].objects_per_iteration, "object", "objects")
        text += f"; {freed} {'is' if freed.startswith('1 ') else 'are'} only freed by the cyclic collector"
    if any(finding.verdict is Verdict.ONE_TIME for finding in findings):
        what = "call" if first.iterations == 1 else "round"
        text += f"; the first {what} left {number_of(first.objects, 'object')} once (initialisation)"
    return f"{early}{text}."
