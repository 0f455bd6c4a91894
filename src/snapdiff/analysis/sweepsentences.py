"""What a sweep says, in sentences that can be pasted into a ticket."""

from __future__ import annotations

from snapdiff.analysis.laws import VolumeLaw
from snapdiff.analysis.sentences import amount, number_of
from snapdiff.analysis.volume import Forecast, Growth, Stays, Sweep

#: Laws in the middle of a sentence: "grows …".
LAW_WORDS = {
    VolumeLaw.CONSTANT: "constant",
    VolumeLaw.LINEAR: "linear",
    VolumeLaw.N_LOG_N: "n log n",
    VolumeLaw.QUADRATIC: "quadratic",
    VolumeLaw.THRESHOLD: "a threshold",
    VolumeLaw.UNDECIDED: "not decided",
}
_MEASURES = {
    "peak": "Peak memory of a call (Python objects and buffers)",
    "peak resident": "Peak resident memory of a call",
    "kept": "Memory that each call keeps",
    "level": "Memory that stays",
    "time": "Time of a call",
    "processor time": "Processor time of a call",
}
#: Bytes below which a coefficient is said with its decimals: 0.04 B times n² is much.
_EXACT = 1000.0
#: Whose memory a forecast is of.
_TOLD = {"peak": "of Python memory", "peak resident": "resident"}
_HEADS = {"peak": "Peak memory", "peak resident": "Peak resident memory"}


def measure_words(growth: Growth) -> str:
    """Return what was measured: `Peak memory of a call (Python objects and buffers)`."""
    return _MEASURES[growth.measure]


def quantity(growth: Growth, value: float) -> str:
    """Return a value of a measure for people: `5.2 MiB`, `0.31 s`."""
    if growth.unit == "bytes":
        return amount(value)
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e6:.3g} µs"


def law_words(growth: Growth) -> str:
    """Return the law as a table has it: `linear`, `not decided between linear and n log n`, `nothing measurable`."""
    if growth.is_below_floor:
        return f"constant (differs by less than {quantity(growth, growth.floor)})"
    if growth.law is VolumeLaw.THRESHOLD and growth.threshold is not None:
        return f"a threshold between {growth.threshold[0]:,} and {growth.threshold[1]:,}"
    if growth.law is not VolumeLaw.UNDECIDED:
        return LAW_WORDS[growth.law]
    if len(growth.among) > 1:
        return f"not decided between {' and '.join(LAW_WORDS[law] for law in growth.among)}"
    return f"not decided; nearest is {LAW_WORDS[growth.among[0]]}"


def formula(growth: Growth, parameter: str) -> str:
    """Return the likeliest law with its numbers: `1.2 KiB + 84 B × n`. Terms that are nothing are left out."""
    parts = []
    for name, coefficient in growth.terms:
        said = (
            f"{coefficient:.3g} B" if growth.unit == "bytes" and coefficient < _EXACT else quantity(growth, coefficient)
        )
        if name == "1":
            if coefficient > growth.floor or len(growth.terms) == 1:
                parts.append(said)
        elif coefficient > 0:
            parts.append(f"{_term(name, said, parameter, growth)}")
    return " + ".join(parts) or quantity(growth, 0.0)


def _term(name: str, said: str, parameter: str, growth: Growth) -> str:
    below = f"{growth.threshold[0]:,}" if growth.threshold is not None else ""
    if name == "jump":
        return f"{said} above {parameter} = {below}"
    if name == "n above":
        return f"{said} × each {parameter} above about {below}"
    return f"{said} × {name.replace('n', parameter, 1) if name != 'n log n' else f'{parameter} log₂ {parameter}'}"


def forecast_words(growth: Growth, parameter: str) -> str | None:
    """Return what is foretold: `at n = 102,893: 5.2 MiB to 6.1 MiB`."""
    found: Forecast | None = growth.forecast
    if found is None:
        return None
    return f"at {parameter} = {found.size:,}: {quantity(growth, found.low)} to {quantity(growth, found.high)}"


def stays_words(sweep: Sweep) -> str:
    """Return what stays after the calls, as a clause."""
    last = sweep.rows[-1] if sweep.rows else None
    match sweep.stays:
        case Stays.NOTHING:
            if sweep.retained is not None:
                return f"its objects go back after each call, but {amount(sweep.retained)} stay resident"
            return "it goes back after each call"
        case Stays.EACH_CALL if last is not None:
            return (
                f"each call keeps {number_of(last.kept_objects or 0, 'object')} ({amount(last.kept_bytes or 0)}) at "
                f"{sweep.parameter} = {last.size:,}, which a leak would too"
            )
        case Stays.LARGEST if last is not None:
            return (
                f"{amount(last.level_bytes or 0)} stay once for the largest size, as in a cache, and not for each call"
            )
        case Stays.LAST if last is not None:
            return f"{amount(last.level_bytes or 0)} stay until the next call replaces them"
        case _:
            return "what stays after the calls is not known"


def sweep_sentence(sweep: Sweep, complete: bool, ended: str) -> str:
    """Return what the sweep says: law, what stays, forecast."""
    early = "" if complete else f"Incomplete, {ended}. "
    if not sweep.growths:
        reached = f"{len(sweep.rows)} of {len(sweep.planned)} sizes"
        return f"{early}{reached} were measured: too few to say by what law it grows."
    main = sweep.growths[0]
    head = _HEADS.get(main.measure, "Memory")
    text = f"{early}{head} {_grows(main, sweep.parameter)}; {stays_words(sweep)}."
    told = [
        f"{quantity(each, each.forecast.low)} to {quantity(each, each.forecast.high)} {_TOLD[each.measure]}"
        for each in sorted(sweep.growths, key=lambda each: each.measure)
        if each.measure in _TOLD and each.forecast is not None and (each is main or not each.is_below_floor)
    ]
    if told:
        return f"{text} At {sweep.parameter} = {sweep.at:,}: {', '.join(told)} at the peak, if the law holds."
    return text


def _grows(growth: Growth, parameter: str) -> str:
    numbers = formula(growth, parameter)
    if growth.is_below_floor or growth.law is VolumeLaw.CONSTANT:
        return f"does not grow with {parameter} (about {quantity(growth, growth.points[-1][1])})"
    match growth.law:
        case VolumeLaw.LINEAR:
            return f"grows in proportion to {parameter} ({numbers})"
        case VolumeLaw.N_LOG_N:
            return f"grows as {parameter} log {parameter} ({numbers})"
        case VolumeLaw.QUADRATIC:
            return f"grows with the square of {parameter} ({numbers})"
        case VolumeLaw.THRESHOLD if growth.threshold is not None:
            low, high = growth.threshold
            return f"leaps at a threshold between {parameter} = {low:,} and {high:,} ({numbers})"
        case _:
            return f"grows with {parameter}, by a law that is {law_words(growth)} ({growth.why})"
