"""The rounds read aloud, in the terms of the procedure: what the first call left, what the next ones left."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from snapdiff.analysis.model import Analysis, Finding, Method, Round, Verdict
from snapdiff.report import gains, words

#: How to read the table, for somebody who has never seen one.
TERMS: Final = (
    "The rounds follow each other in one process, with a garbage collection before each count. "
    "Initialisation leaves something in the first call and nothing after it. "
    "A leak leaves the same number for every call, in every round."
)
#: What the rounds after the plan were for.
EXTRA: Final = (
    "Rounds marked extra are not part of the plan ({plan}). They ran because something grew in the last planned round, "
    "each longer than the one before: what fills up slows down or stops in them, and only what keeps its rate is "
    "called a leak."
)
#: Where the lines are from, when the rounds above were not traced.
TRACED: Final = (
    "Allocations were not traced in these rounds. Because something grew, the workload was then called {plan} more "
    "times, traced, from a baseline of its own: lines, and how many were born and are alive, are of those {calls}."
)
NOT_TRACED: Final = (
    "Allocations were not traced: nothing was growing at the end of these rounds, so no lines were sought."
)
NOT_SEEN_BY_TRACING: Final = (
    "Allocations were not traced: no Python object grew, and tracing does not see what did. Where it comes from was "
    "watched in some more calls."
)
CUT_SHORT: Final = "Allocations were not traced: the run ended before that."
#: What the most careful sentence of a leak means.
NOT_BOUNDED: Final = (
    "Not bounded within {calls}: no limit was reached in all the rounds together, and none can be read from what holds "
    "it. If your program has a limit beyond that number, give `--rounds` larger numbers: the growth then stops."
)


@dataclass(frozen=True)
class Reading:
    """A round, and what a person reads in it."""

    round: Round
    left: str
    """What the row counts: `the first call`, `the next 10 calls`."""
    kind: str
    """`planned` or `extra`."""
    own: str | None
    """Growth of the main finding in this round, in its unit; None if there is no finding."""
    own_rate: str | None
    """The same per call."""
    reading: str


def main_finding(analysis: Analysis) -> Finding | None:
    """Return the finding that the evidence is about: the one that decided the verdict."""
    return analysis.findings[0] if analysis.findings else None


def read_rounds(analysis: Analysis) -> tuple[Reading, ...]:
    """Return every round of the first plan with its reading. The verdict is the analysis's; here it only gets words."""
    finding = main_finding(analysis)
    if finding is not None and finding.traced:
        # Only lines show it, and those were not traced in these rounds.
        return _read(analysis.rounds, Verdict.CLEAN, None)
    return _read(analysis.rounds, analysis.verdict, finding)


def read_traced_rounds(analysis: Analysis) -> tuple[Reading, ...]:
    """Return every round of the second plan with its reading, where the main finding rests on those; else nothing."""
    finding = main_finding(analysis)
    if finding is None or not finding.traced:
        return ()
    return _read(analysis.traced_rounds, analysis.verdict, finding)


def _read(rounds: tuple[Round, ...], verdict: Verdict, finding: Finding | None) -> tuple[Reading, ...]:
    readings = []
    for index, each in enumerate(rounds):
        own = finding.growth[index] if finding is not None and index < len(finding.growth) else None
        readings.append(
            Reading(
                round=each,
                left=_left(index, each),
                kind="extra" if each.extra else "planned",
                own=None if own is None or finding is None else gains.gained(finding, own),
                own_rate=None if own is None or finding is None else _own_rate(finding, own / each.iterations),
                reading=_reading(index, each, own, verdict, finding),
            )
        )
    return tuple(readings)


def _left(index: int, each: Round) -> str:
    ordinal = "first" if index == 0 else "next"
    return f"the {ordinal} call" if each.iterations == 1 else f"the {ordinal} {words.calls(each.iterations)}"


def since(finding: Finding, rounds: tuple[Round, ...]) -> str | None:
    """Say from which round on a finding grew in every round: `the first call`; None if not even in the last one."""
    seen = list(zip(rounds, finding.growth, strict=False))
    still = sum(1 for _ in takewhile(lambda pair: pair[1] > 0, reversed(seen)))
    if still == 0:
        return None
    index = len(seen) - still
    return f"{_left(index, seen[index][0])}, in {'every round' if still > 1 else 'the last round'}"


def _own_rate(finding: Finding, value: float) -> str:
    return f"+{gains.rate(finding, value)}" if value > 0 else gains.rate(finding, value)


def remarks(analysis: Analysis) -> tuple[str, ...]:
    """Return what a reader must know of the rounds beyond the plan, of tracing, and of what `not bounded` means."""
    said = []
    if gains.extra_calls(analysis.rounds):
        plan = ", ".join(words.count(number) for number in analysis.method.plan)
        said.append(EXTRA.format(plan=f"{plan} calls"))
    if analysis.method.trace == "auto":
        said.append(_tracing(analysis))
    if analysis.verdict in (Verdict.LEAK, Verdict.SLOW_LEAK):
        rounds = gains.rounds_of(analysis, main_finding(analysis))
        said.append(NOT_BOUNDED.format(calls=words.calls(gains.all_calls(rounds))))
    return tuple(text for text in said if text)


def _tracing(analysis: Analysis) -> str:
    """Say in which rounds the lines were traced, where that was left to what grows; empty if it was in all."""
    if analysis.traced_rounds:
        rounds = [words.count(each.iterations) for each in analysis.traced_rounds]
        plan = " and ".join(filter(None, [", ".join(rounds[:-1]), rounds[-1]]))
        return TRACED.format(plan=plan, calls=words.calls(gains.all_calls(analysis.traced_rounds)))
    if analysis.method.traced == "every round":
        return ""
    if not analysis.complete:
        return CUT_SHORT
    grows = any(finding.verdict in words.CAUSES and finding.domain != "python" for finding in analysis.findings)
    return NOT_SEEN_BY_TRACING if grows else NOT_TRACED


def _reading(index: int, each: Round, own: int | None, verdict: Verdict, finding: Finding | None) -> str:
    grew = each.objects if own is None else own
    if verdict in (Verdict.LEAK, Verdict.SLOW_LEAK):
        if own is None or finding is None or grew <= 0:
            return "no growth"
        product = f"{words.calls(each.iterations)} {words.TIMES} {gains.rate(finding, own / each.iterations)}"
        more = each.bytes > own if finding.unit == "bytes" else each.objects > own and finding.unit == "objects"
        return f"initialisation, and {product}" if index == 0 and more else f"leak: {product}"
    if verdict is Verdict.CYCLE and grew > 0:
        return "freed by the collector, all of it"
    if index == 0:
        return "initialisation" if each.objects > 0 else "nothing left"
    if each.objects <= 0:
        return "nothing more"
    match verdict:
        case Verdict.SATURATING:
            return "fills up to its bound"
        case Verdict.INCONCLUSIVE:
            return "grows, not proven"
        case _:
            return "not in proportion to the calls"


#: How heap snapshots were taken → how to say it.
_WAYS: Final = {
    "child": "by a child process with a copy of the heap, while the program went on",
    "in place": "natively in the program, which waited",
    "python": "in Python in the program, which waited",
}


def how_snapshots(method: Method) -> str:
    """Say how the heap was counted, and how long that stopped the program, the collections apart."""
    said = "; ".join(_WAYS.get(way, way) for way in method.ways)
    return f"{said}. Longest stop {method.longest_pause_seconds * 1000:,.0f} ms" if said else "none"
