"""Numbers and verdicts as people write them. Every renderer uses these, so that they agree."""

from __future__ import annotations

import re
from typing import Final

from snapdiff.analysis.model import Finding, Frame, Law, Verdict

_KIBI: Final = 1024
_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")
_MINUTE: Final = 60
#: From here on a number is shown without decimals: they would only be noise beside four digits.
_WHOLE_FROM: Final = 1000
#: Below this two decimals would hide the number; it is then shown with two digits instead.
_TWO_DECIMALS_FROM: Final = 0.01

MINUS: Final = "\N{MINUS SIGN}"
TIMES: Final = "\N{MULTIPLICATION SIGN}"
NOTHING: Final = "\N{EN DASH}"

#: Verdict → (word, sign). The sign stands beside the word so that colour is never the only difference.
VERDICT_WORDS: Final[dict[Verdict, tuple[str, str]]] = {
    Verdict.LEAK: ("Leak", "\N{BLACK UP-POINTING TRIANGLE}"),
    Verdict.SLOW_LEAK: ("Slow leak", "\N{WHITE UP-POINTING TRIANGLE}"),
    Verdict.INCONCLUSIVE: ("Inconclusive", "?"),
    Verdict.SATURATING: ("Saturating", "\N{LESS-THAN OR EQUAL TO}"),
    Verdict.CYCLE: ("Cycles", "\N{CLOCKWISE OPEN CIRCLE ARROW}"),
    Verdict.ONE_TIME: ("One-time", "1\N{MULTIPLICATION SIGN}"),
    Verdict.CLEAN: ("Clean", "\N{CHECK MARK}"),
}

#: What each verdict means for the reader, in one sentence.
VERDICT_MEANINGS: Final[dict[Verdict, str]] = {
    Verdict.LEAK: "What the calls leave behind grows with their number.",
    Verdict.SLOW_LEAK: "Objects survive steadily, but fewer than one a call.",
    Verdict.INCONCLUSIVE: "Something grew, and the recording cannot tell a leak from noise.",
    Verdict.SATURATING: "It grew and then stopped at a bound: a cache that fills, not a leak.",
    Verdict.CYCLE: "Garbage in reference cycles: it waits for the collector, which frees it.",
    Verdict.ONE_TIME: "Left by the first calls only: initialisation, not a leak.",
    Verdict.CLEAN: "Nothing grew with the calls.",
}

LAW_WORDS: Final[dict[Law, str]] = {
    Law.FLAT: "flat",
    Law.ONE_TIME: "once, then flat",
    Law.BOUNDED: "grows up to a bound",
    Law.LINEAR: "straight line",
    Law.SUPERLINEAR: "faster than a straight line",
    Law.STEP: "in steps",
}

#: Units of what is counted and is no object, as they are said.
UNIT_WORDS: Final = {
    "blocks": "memory blocks",
    "descriptors": "open file descriptors",
    "threads": "threads",
    "tasks": "unfinished asyncio tasks",
    "processes": "child processes",
}
#: Domain of a finding → what it is about; of ordinary objects nothing is said.
DOMAIN_WORDS: Final = {
    "native": "memory outside the Python heap",
    "arrow": "memory of an Arrow pool",
    "fd": "file descriptors",
    "thread": "threads",
    "task": "asyncio tasks",
    "process": "child processes",
}

#: Verdicts that a reader has to act on; the others are shown as what is *not* a leak.
CAUSES: Final = (Verdict.LEAK, Verdict.SLOW_LEAK, Verdict.INCONCLUSIVE)

#: What was left out of a report, which says so: nothing, or with `--redact`.
REDACTION: Final[dict[bool, str]] = {
    False: "none: excerpts of project files, paths and the command line are shown; values and keys never are",
    True: "source excerpts, paths of files and the command line were left out",
}

#: Characters that a page, a terminal or a log must not receive raw: controls (ESC starts terminal
#: commands), lone surrogates (no encoding takes them) and the bidirectional controls, which reorder
#: source code on the screen (CVE-2021-42574).
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)

#: A UTC time as recordings have it: its day, and its hour with minutes.
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?(?:Z|\+00:00)$")

#: What begins a workflow command of GitHub Actions.
_COMMAND: Final = re.compile(r"^(\s*)::", re.MULTILINE)


def visible(text: str) -> str:
    """Return `text` with every character that could act instead of being read shown as its code point."""
    return _UNSAFE.sub(lambda match: f"\N{LEFT CEILING}U+{ord(match[0]):04X}\N{RIGHT CEILING}", text)


def shorten(text: str, limit: int) -> str:
    """Cut the middle out of `text` so that it has at most `limit` characters: both ends of a path matter."""
    if len(text) <= limit:
        return text
    head = limit // 2
    tail = limit - head - 1
    return f"{text[:head]}\N{HORIZONTAL ELLIPSIS}{text[len(text) - tail :]}"


def count(value: float | None) -> str:
    """Format a number of objects, blocks or calls: `466,039`."""
    if value is None:
        return NOTHING
    return f"{value:,.0f}".replace("-", MINUS)


def signed(value: float | None) -> str:
    """Format a growth: `+10`, `0`, `−3`."""
    if value is None:
        return NOTHING
    return f"+{value:,.0f}" if value > 0 else count(value)


def rate(value: float | None) -> str:
    """Format a number per call with as many digits as tell something: `1`, `0.02`, `+466,039`."""
    if value is None:
        return NOTHING
    if value == round(value) or abs(value) >= _WHOLE_FROM:
        return count(value)
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) >= _TWO_DECIMALS_FROM else f"{value:.2g}"
    return text.replace("-", MINUS)


def signed_rate(value: float | None) -> str:
    """Format a growth per call: `+1`, `0`, `+0.04`."""
    if value is None or value <= 0:
        return rate(value)
    return f"+{rate(value)}"


def size(value: float | None) -> str:
    """Format bytes in binary units: `144 B`, `651.6 KiB`."""
    if value is None:
        return NOTHING
    amount = float(value)
    unit = 0
    while abs(amount) >= _KIBI and unit < len(_UNITS) - 1:
        amount /= _KIBI
        unit += 1
    text = f"{amount:,.1f}".replace("-", MINUS)
    return f"{text.removesuffix('.0') if unit == 0 else text} {_UNITS[unit]}"


def signed_size(value: float | None) -> str:
    """Format a growth in bytes: `+144 B`."""
    return f"+{size(value)}" if value is not None and value > 0 else size(value)


def percent(share: float | None) -> str:
    """Format a part of one as a percentage."""
    return NOTHING if share is None else f"{share * 100:.0f} %"


def duration(seconds: float) -> str:
    """Format a time: `0.12 s`, `14.2 s`, `3 min 20 s`."""
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {rest} s"


def moment(started: str) -> str:
    """Format the UTC time of a recording to the minute: `2026-03-01 09:30 UTC`; anything else as it is, cut."""
    found = _MOMENT.match(started)
    return f"{found[1]} {found[2]} UTC" if found else shorten(started, 40)


def calls(number: int) -> str:
    """Say how many calls: `1 call`, `10 calls`."""
    return number_of(number, "call")


def number_of(number: int, one: str) -> str:
    """Say how many of something there are: `1 more finding`, `2 more findings`."""
    return f"{count(number)} {one if abs(number) == 1 else f'{one}s'}"


def place(frame: Frame) -> str:
    """Name a place in source code as editors and terminals link it: `app/cart.py:41`."""
    return f"{frame.file}:{frame.line}"


def place_in(frame: Frame) -> str:
    """Name a place in source code with its function: `app/cart.py:41 in add`."""
    return place(frame) if frame.function is None else f"{place(frame)} in {frame.function}"


def birth(finding: Finding) -> str:
    """Name what `born_at` says: where the objects are `born`, or where their memory is `allocated`."""
    return "allocated" if finding.born_is_memory else "born"


def of_what(finding: Finding) -> str:
    """Say of what the share of a line in `born_at` is a part."""
    return "of the memory that stays" if finding.born_is_memory else "of the survivors"


def one_line(text: str) -> str:
    """Return `text` on one line, with nothing in it that acts: for a message that ends where its line ends."""
    return visible(" ".join(text.split()))


def for_log(text: str) -> str:
    """Return lines in which the runner of GitHub Actions finds no command: it looks for `::` first, and for `##[`.

    What is printed in a job is read by the runner, and any name can be wrapped to the beginning of a line.
    """
    return _COMMAND.sub(lambda match: f"{match[1]}\N{ZERO WIDTH SPACE}::", text).replace("##[", "## [")
