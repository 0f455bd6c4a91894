"""One leak, one finding: what is no object is put together with the objects that hold it, and with what comes with it.

A file that a list keeps is an object that grows and a descriptor that stays open; a child process has pipes; a thread
has a stack, locks and a place in `threading._active`. Two findings are one when they grow at one line and in step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from snapdiff.analysis import limits
from snapdiff.analysis.grouping import summed, with_sentence
from snapdiff.analysis.model import BornAt, Finding, Frame, Verdict
from snapdiff.analysis.outside import Grower
from snapdiff.analysis.paths import ACCUSED
from snapdiff.analysis.sentences import pace_of, place, some_of

#: Where Python itself lists what it runs: that is no holder that anybody could mend.
_REGISTRIES = ("module threading → _active", "module threading → _limbo", "module threading → _shutdown_locks")
#: Objects that are the face of something that is open, by domain.
_FACES = {
    "fd": {
        "_io.FileIO", "socket.socket", "_socket.socket", "ssl.SSLSocket", "mmap.mmap", "select.epoll",
        "os.ScandirIterator", "multiprocessing.connection.Connection",
    },
    "thread": {"threading.Thread", "threading.Timer", "concurrent.futures.thread.ThreadPoolExecutor"},
    "task": {"_asyncio.Task", "asyncio.tasks.Task"},
    "process": {"subprocess.Popen", "multiprocessing.process.BaseProcess", "multiprocessing.context.Process"},
}  # fmt: skip
#: Domains of counts, which are exact: two that grow in step are compared by their numbers.
_COUNTED = ("process", "thread", "task", "fd")
_Curve = tuple[tuple[int, int], ...]
_LOOKED_AT = (Verdict.LEAK, Verdict.SLOW_LEAK, Verdict.INCONCLUSIVE)
#: Modules of the standard library that are made in C, beside those whose names begin with an underscore.
_OF_C = {"array", "itertools", "mmap", "posix", "pyexpat", "select", "unicodedata", "zlib"}
_CONSTRUCTORS = ("__init__", "__new__", "__post_init__")


def joined(
    growers: Sequence[Grower], findings: Sequence[Finding], is_extension: Callable[[str], bool]
) -> list[Finding]:
    """Return the findings of objects and of what is none, each cause once.

    `is_extension` says of a type's name whether it is neither Python's own nor the program's: its objects may have
    memory that no size tells.
    """
    left = list(findings)
    found: list[Finding] = []
    for grower in _without_companions(growers):
        if grower.finding.verdict is Verdict.SATURATING:
            if not _any_accused([*left, *found]):
                found.append(with_sentence(grower.finding))
            continue
        parts = [each for each in left if each.verdict in _LOOKED_AT and _is_part(each, grower)]
        # What has taken in one sort of memory already may be what has another too.
        beside = [] if parts else _made_there(grower.finding, [*left, *found], is_extension)
        parts = parts or beside or _holding(grower, [*left, *found], is_extension)
        left, found = ([each for each in some if each not in parts] for some in (left, found))
        found.append(_with_theirs(grower.finding, beside[0]) if beside else _adopted(grower.finding, parts))
    return [*left, *found]


def _any_accused(findings: Iterable[Finding]) -> bool:
    return any(finding.verdict in ACCUSED for finding in findings)


# -- what comes with what ---------------------------------------------------------------------------------


def _without_companions(growers: Sequence[Grower]) -> list[Grower]:
    """Leave out what comes with something else that grows: at its line, or, of bytes without a line, with anything."""
    kept: list[Grower] = []
    for grower in growers:
        finding = grower.finding
        first = next((at for at, each in enumerate(kept) if _comes_with(finding, each.finding)), None)
        if first is None:
            kept.append(grower)
        else:
            main = kept[first]
            beside = f"with it: {_gain(finding)}"
            kept[first] = replace(main, finding=replace(main.finding, reasons=(*main.finding.reasons, beside)))
    return kept


def _comes_with(finding: Finding, main: Finding) -> bool:
    if main.verdict not in _LOOKED_AT:
        return False
    if finding.born_at and main.born_at:
        return finding.born_at[0].frame == main.born_at[0].frame
    return finding.unit == "bytes"


def _gain(finding: Finding) -> str:
    what = some_of(finding.kinds)
    if finding.unit == "bytes":
        return f"{pace_of(finding)} of {finding.domain} memory"
    return f"{pace_of(finding)}{f' ({what})' if what else ''}"


# -- what holds it ----------------------------------------------------------------------------------------


def _is_part(objects: Finding, grower: Grower) -> bool:
    """Say whether objects grow because of what is none, or hold it."""
    finding = grower.finding
    if finding.domain in _COUNTED and not in_step(objects, finding):
        return False
    frames = _frames_of(objects)
    if finding.born_at and finding.born_at[0].frame in frames:
        return True
    if finding.domain == "thread" and (_is_registered(objects) or _is_local(objects)):
        return True
    if not _FACES.get(finding.domain, set()).isdisjoint(types_of(objects)):
        return True
    return finding.domain in ("thread", "task") and any(
        (frame.file, frame.function) in grower.stacks for frame in _all_frames(objects)
    )


def in_step(objects: Finding, finding: Finding) -> bool:
    """Say whether each of the last rounds left as many objects, so many times as many, or so many times fewer."""
    if objects.unit == "bytes" or len(objects.growth) != len(finding.growth):
        return False
    pairs = list(zip(objects.growth, finding.growth, strict=True))[-2:]
    if any(min(pair) <= 0 for pair in pairs):
        return False
    times = {Fraction(*pair) for pair in pairs}
    return len(times) == 1 and 1 in times.pop().as_integer_ratio()


def types_of(finding: Finding) -> set[str]:
    """Return the types that grow for a cause."""
    return {finding.type or "", *finding.other_types} - {""}


def _is_registered(objects: Finding) -> bool:
    paths = [objects.container.path] if objects.container is not None else []
    return any(path.startswith(_REGISTRIES) for path in (*paths, *objects.other_containers))


def _is_local(objects: Finding) -> bool:
    return bool(objects.chain) and objects.chain[0].label.startswith("frame of ")


def _frames_of(finding: Finding) -> set[Frame]:
    return {row.frame for row in finding.born_at} | {row.frame for row in finding.grown_at}


def _all_frames(finding: Finding) -> set[Frame]:
    born = {frame for row in finding.born_at for frame in row.callers}
    return _frames_of(finding) | born | {frame for row in finding.grown_at for frame in row.callers}


def _made_there(finding: Finding, findings: Sequence[Finding], is_extension: Callable[[str], bool]) -> list[Finding]:
    """Return the accused finding whose objects are made where bytes of malloc's are taken, as many of them as bytes.

    A reader gets its buffer when it is first read from, a line below the one that makes it; a handle takes its memory
    in its own constructor. That the lines are of one function says it of objects alone that C code may have made: of
    others it is known what they take, and what a call loses beside them is another leak.
    """
    if finding.domain != "native" or finding.unit != "bytes" or not finding.born_at:
        return []
    stack = (finding.born_at[0].frame, *finding.born_at[0].callers)
    line = stack[0]
    for each in findings:
        theirs = any(
            ((frame.file, frame.function) == (line.file, line.function) and may_be_of_c(kind, is_extension))
            or (frame in stack and _constructs(kind, stack[: stack.index(frame)]))
            for kind, frame in each.made_at
        )
        if each.verdict in ACCUSED and theirs and _in_proportion(each, finding):
            return [each]
    return []


def may_be_of_c(kind: str, is_extension: Callable[[str], bool]) -> bool:
    """Say whether a type may be made in C, outside of the interpreter itself: its sizes may leave memory out."""
    top, dotted, _ = kind.partition(".")
    return bool(dotted) and (top.startswith("_") or top in _OF_C or is_extension(kind))


def _constructs(kind: str, frames: Sequence[Frame]) -> bool:
    """Say whether a type's own constructor is among the frames."""
    names = ((frame.function or "").rpartition(".") for frame in frames)
    return any(name in _CONSTRUCTORS and f".{kind}".endswith(f".{owner}") for owner, _, name in names if owner)


def _in_proportion(objects: Finding, finding: Finding) -> bool:
    """Say whether the last rounds gained as many bytes for each of the objects."""
    if len(objects.growth) != len(finding.growth) or min(*objects.growth[-2:], *finding.growth[-2:]) <= 0:
        return False
    before, last = (gained / count for gained, count in list(zip(finding.growth, objects.growth, strict=True))[-2:])
    return limits.NATIVE_FALLING * before <= last <= limits.NATIVE_RISING * before


def _holding(grower: Grower, findings: Sequence[Finding], is_extension: Callable[[str], bool]) -> list[Finding]:
    """Return the accused finding that bytes must belong to although they come at another line, if there is one.

    Objects of an extension's types have memory of the extension's: a slice of a table keeps the whole of it, which was
    made elsewhere. And what no line tells apart is not told twice.
    """
    accused = [finding for finding in findings if finding.verdict in ACCUSED]
    if grower.finding.unit != "bytes":
        return []
    extensions = [finding for finding in accused if any(map(is_extension, types_of(finding)))]
    unknown = accused if not grower.finding.born_at else [each for each in accused if not _frames_of(each)]
    return (extensions or unknown)[:1]


def _adopted(finding: Finding, parts: Sequence[Finding]) -> Finding:
    """Return the finding with its holder: what was found out about the objects that hold it."""
    named = [part for part in parts if part.container is not None and not _is_registered_only(part)]
    same_line = [part for part in named if finding.born_at and finding.born_at[0].frame in _frames_of(part)]
    holder = next(iter([*same_line, *named]), None)
    types = [part.type for part in parts if part.type is not None]
    if finding.unit == "bytes":
        return _with_bytes(finding, holder or next(iter(parts), None))
    size = sum(part.bytes_per_iteration for part in parts)
    others = tuple(dict.fromkeys(types))
    if holder is None:
        main = next((part.type for part in parts if _is_registered(part)), None)
        rest = tuple(sorted(set(others) - {main}))
        return with_sentence(replace(finding, type=main, other_types=rest, bytes_per_iteration=size))
    paths = [part.container.path for part in named if part.container is not None and part is not holder]
    return with_sentence(
        replace(
            holder,
            verdict=finding.verdict,
            doubt=finding.doubt,
            law=finding.law,
            domain=finding.domain,
            other_types=tuple(sorted({*holder.other_types, *others} - {holder.type})),
            other_containers=(*holder.other_containers, *paths),
            objects_per_iteration=finding.objects_per_iteration,
            bytes_per_iteration=size,
            rise=finding.rise,
            bytes_rise=None,
            growth=finding.growth,
            born_at=finding.born_at or holder.born_at,
            reasons=(*finding.reasons, *holder.reasons),
            excerpts=tuple(dict.fromkeys((*finding.excerpts, *holder.excerpts))),
            curve=finding.curve,
            unit=finding.unit,
            kinds=finding.kinds,
            waits_at=finding.waits_at,
        )
    )


def _summed(one: _Curve, other: _Curve) -> _Curve:
    gained = dict(other)
    return tuple((calls, value + gained[calls]) for calls, value in one if calls in gained)


def _at_its_lines(finding: Finding, holder: Finding) -> tuple[BornAt, ...]:
    """Return the lines at which memory is allocated, with what is known of the objects that are born there."""
    known = {row.frame: row for row in holder.born_at}
    return tuple(known.get(row.frame, row) for row in finding.born_at)


def _with_theirs(finding: Finding, objects: Finding) -> Finding:
    """Return objects with the memory that is taken where they are made."""
    where = place(finding.born_at[0].frame)
    beside = f"with it: {_gain(finding)}, allocated at {where}, where kept objects are made; probably theirs"
    return _with_bytes(replace(finding, born_at=()), objects, beside)


def _is_registered_only(part: Finding) -> bool:
    return part.container is not None and part.container.path.startswith(_REGISTRIES)


def _with_bytes(finding: Finding, holder: Finding | None, beside: str | None = None) -> Finding:
    """Return native memory with the objects that hold it: of its domain where it is most of what they cost.

    `beside` says what comes with them.
    """
    if holder is None:
        return with_sentence(finding)
    mostly = finding.bytes_per_iteration >= limits.MOSTLY_NATIVE * holder.bytes_per_iteration
    beside = beside or f"with it: {_gain(finding)}"
    # What one object gains in bytes is told as a whole; of what is counted otherwise the bytes stand beside it.
    whole = holder.unit == "bytes" and len(holder.growth) == len(finding.growth)
    together = summed([holder.growth, finding.growth]) if whole else None
    return with_sentence(
        replace(
            holder,
            domain=finding.domain if mostly else holder.domain,
            born_at=_at_its_lines(finding, holder) if mostly and finding.born_at else holder.born_at,
            excerpts=tuple(dict.fromkeys((*holder.excerpts, *finding.excerpts))),
            bytes_per_iteration=holder.bytes_per_iteration + finding.bytes_per_iteration,
            bytes_rise=None,
            rise=holder.rise if together is None else None,
            growth=holder.growth if together is None else together,
            curve=holder.curve if together is None else _summed(holder.curve, finding.curve),
            reasons=(*holder.reasons, beside, *finding.reasons),
        )
    )
