"""The whole judgement of a recording, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from snapdiff.analysis import audit, ledger, limits, sweep
from snapdiff.analysis.causes import Causes
from snapdiff.analysis.domains import domains
from snapdiff.analysis.frames import Frames
from snapdiff.analysis.grouping import with_sentence
from snapdiff.analysis.growth import WITHDRAWN, Judgement, judge
from snapdiff.analysis.imports import with_imports
from snapdiff.analysis.joining import joined
from snapdiff.analysis.kept import only_kept
from snapdiff.analysis.lost import lost_in_native_code
from snapdiff.analysis.matrices import Matrices, Series, records
from snapdiff.analysis.model import (
    SEVERITY,
    Analysis,
    CheckpointRow,
    Control,
    Finding,
    Law,
    LineRow,
    Method,
    Round,
    TimelinePoint,
    TypeRow,
    Verdict,
)
from snapdiff.analysis.naming import fingerprint
from snapdiff.analysis.outside import Outside
from snapdiff.analysis.sentences import control_sentence, number_of, run_sentence
from snapdiff.analysis.suppressions import Suppression, suppress
from snapdiff.analysis.sweepsentences import sweep_sentence
from snapdiff.analysis.unseen import with_unseen
from snapdiff.analysis.volume import Stays, Sweep
from snapdiff.recording import Recording

_ACCUSED = (Verdict.LEAK, Verdict.SLOW_LEAK)


def analyze(recording: Recording, suppressions: Sequence[Suppression] = (), at: int | None = None) -> Analysis:
    """Judge a recording. Pure: equal recordings and suppressions give equal analyses.

    `at` is the size that a sweep foretells, where another one than the recording's own is wanted.
    """
    swept = sweep.judge(recording, at)
    if swept is not None:
        return _sweep(recording, swept)
    matrices = Matrices(recording)
    frames = Frames(matrices)
    manifest = recording.manifest
    complete, ended = bool(manifest.get("complete")), str(manifest.get("ended", {}).get("text", "unknown"))
    control = audit.control(matrices)
    checks = audit.audit(matrices, control, complete, ended)
    rounds = _rounds(matrices, matrices.workload)
    traced_rounds = _rounds(matrices, matrices.traced) if matrices.has_traced_plan else ()
    types = _judge_types(matrices)
    lines = _judge_lines(matrices, frames)
    causes = Causes(matrices, frames)
    findings = causes.named()
    findings += causes.nameless(findings)
    lost = _with_control(lost_in_native_code(findings, lines, traced_rounds or rounds, matrices, frames), control)
    findings = with_unseen(findings, lost, matrices, frames)
    findings = joined(Outside(matrices, frames).growers(), findings, frames.is_extension)
    findings += only_kept(matrices)
    findings = with_imports(findings, frames.is_extension)
    findings += causes.cycles()
    findings += _initialisation(rounds, types)
    # The second plan has a control of its own, after the calls that the verdict rests on: only lines depend on it.
    restless = control.moved(matrices.has_traced_plan)
    if restless:
        moved = set(matrices.types("objects", matrices.control).index)
        findings = [_beside_control(finding, control, moved) for finding in findings]
    checks = audit.with_findings(checks, findings)
    findings.sort(key=lambda f: (SEVERITY.index(f.verdict), -f.bytes_per_iteration, f.fingerprint))
    findings, suppressed = suppress(findings, suppressions)
    found = tuple(findings)
    verdict = found[0].verdict if found else Verdict.CLEAN
    if not found and len(rounds) < 2:  # noqa: PLR2004
        # The first round proves nothing, and without one there is nothing at all.
        verdict = Verdict.INCONCLUSIVE
    unproven = restless and verdict not in _ACCUSED
    if unproven:
        verdict = Verdict.INCONCLUSIVE
    return Analysis(
        verdict=verdict,
        sentence=control_sentence(control)
        if unproven
        else run_sentence(found, rounds, complete, ended, sum(len(row.findings) for row in suppressed)),
        complete=complete,
        ended=ended,
        rounds=rounds,
        findings=found,
        control=control,
        audit=checks,
        types=tuple(row for row, _ in types.values())[: limits.MOST_ROWS],
        lines=tuple(row for row, _ in lines)[: limits.MOST_ROWS],
        ledger=ledger.ledger(matrices),
        peaks=ledger.peaks(matrices),
        given_back=ledger.given_back(matrices),
        domains=domains(matrices),
        checkpoints=_checkpoints(matrices),
        timeline=_timeline(matrices),
        curve=tuple(matrices.total_curve()),
        method=_method(manifest, matrices),
        environment=tuple((str(k), str(v)) for k, v in sorted(manifest.get("environment", {}).items())),
        notes=tuple(str(note) for note in manifest.get("notes", [])),
        suppressed=suppressed,
        traced_rounds=traced_rounds,
    )


def _sweep(recording: Recording, swept: Sweep) -> Analysis:
    """Return the analysis of a sweep, which has neither rounds nor findings.

    It judges laws. That every call keeps something is what a leak does, and is not proved by a few calls: inconclusive.
    """
    manifest = recording.manifest
    matrices = Matrices(recording)
    complete, ended = bool(manifest["complete"]), str(manifest["ended"].get("text", "unknown"))
    doubtful = swept.stays is Stays.EACH_CALL or swept.control_objects or not swept.growths
    return Analysis(
        verdict=Verdict.INCONCLUSIVE if doubtful else Verdict.CLEAN,
        sentence=sweep_sentence(swept, complete, ended), complete=complete, ended=ended, rounds=(), findings=(),
        control=Control(swept.control_objects, None, True), audit=sweep.audit(swept, complete, ended),
        types=(), lines=(), ledger=(), checkpoints=(), timeline=_timeline(matrices), curve=(),
        method=_sweep_method(manifest, matrices, swept),
        environment=tuple((str(k), str(v)) for k, v in sorted(manifest["environment"].items())),
        notes=tuple(str(note) for note in manifest["notes"]), sweep=swept,
    )  # fmt: skip


def _sweep_method(manifest: dict[str, Any], matrices: Matrices, swept: Sweep) -> Method:
    """Return how a sweep was made: without rounds, and traced in calls of their own."""
    traced = any(row.peak is not None for row in swept.rows)
    method = replace(_method(manifest, matrices), plan=(), traced="peaks" if traced else "nothing")
    return replace(method, trace_depth=1 if traced else 0)


def _rounds(matrices: Matrices, series: Series) -> tuple[Round, ...]:
    rows = series.checkpoints
    traced = len(rows) > 0 and bool(rows["traced_bytes"].notna().all())
    blocks = matrices.lines("blocks", series).sum() if traced else None
    columns = {name: series.growth(name) for name in ("objects", "tracked", "object_bytes", "traced_bytes")}
    return tuple(
        Round(
            number=index + 1,
            iterations=span.iterations,
            extra=span.extra,
            objects=columns["objects"][index],
            tracked=columns["tracked"][index],
            bytes=columns["object_bytes"][index],
            blocks=None if blocks is None else int(blocks.iloc[index]),
            traced_bytes=columns["traced_bytes"][index] if traced else None,
            seconds=float(rows["call_seconds"].iloc[index + 1]),
            garbage=int(rows["garbage"].iloc[index + 1]),
            rss=_optional(rows["rss"].iloc[index + 1]),
            uss=_optional(rows["uss"].iloc[index + 1]),
        )
        for index, span in enumerate(series.spans)
    )


def _judge_types(matrices: Matrices) -> dict[str, tuple[TypeRow, Judgement]]:
    """Judge every type that changed, by count and, where the count stands still, by size; most growth first."""
    spans = matrices.workload.spans
    if not spans:
        return {}
    objects, sizes = (matrices.types(column, matrices.workload) for column in ("objects", "bytes"))
    last = spans[-1].iterations
    judged = []
    for name in objects.index.union(sizes.index):
        counts = _row(objects, name, len(spans))
        size = _row(sizes, name, len(spans))
        judgement = judge(counts, spans, "objects", limits.STRICT_RATE)
        if judgement.verdict in (Verdict.CLEAN, Verdict.ONE_TIME) and counts[-1] <= 0:
            by_size = judge(size, spans, "bytes", limits.TYPE_BYTES_RATE)
            if by_size.verdict is Verdict.LEAK:
                judgement = by_size
        row = TypeRow(
            str(name), counts, size, counts[-1] / last, size[-1] / last, judgement.law, judgement.verdict
        )  # fmt: skip
        judged.append((row, judgement))
    judged.sort(
        key=lambda item: (
            -abs(item[0].bytes[-1]),
            -abs(item[0].objects[-1]),
            -abs(sum(item[0].bytes)),
            item[0].type,
        )
    )
    return {row.type: (row, judgement) for row, judgement in judged}


def _judge_lines(matrices: Matrices, frames: Frames) -> list[tuple[LineRow, Judgement]]:
    """Judge every allocation line that changed, by live blocks and by live bytes; most growth first."""
    series = matrices.traced
    spans = series.spans
    if not spans or not len(matrices.table("traces")):
        return []
    blocks, sizes = matrices.lines("blocks", series), matrices.lines("bytes", series)
    last = spans[-1].iterations
    judged = []
    for key in blocks.index.union(sizes.index):
        count, size = _row(blocks, key, len(spans)), _row(sizes, key, len(spans))
        judgement = judge(count, spans, "blocks", limits.STRICT_RATE)
        if judgement.verdict is not Verdict.LEAK:
            by_size = judge(size, spans, "bytes", limits.LINE_BYTES_RATE)
            if by_size.verdict is Verdict.LEAK:
                judgement = by_size
        frame = frames.line(int(key[0]), int(key[1]))
        row = LineRow(
            frame, count, size, count[-1] / last, size[-1] / last, judgement.law, judgement.verdict,
            frames.excerpt(frame) if judgement.verdict in _ACCUSED else None,
        )  # fmt: skip
        judged.append((row, judgement))
    judged.sort(
        key=lambda item: (
            -abs(item[0].bytes[-1]),
            -abs(sum(item[0].bytes)),
            item[0].frame.file,
            item[0].frame.line,
        )
    )
    return judged


def _initialisation(rounds: tuple[Round, ...], types: dict[str, tuple[TypeRow, Judgement]]) -> list[Finding]:
    """Return what the first round left behind once, as one finding."""
    rows = [row for row, _ in types.values() if row.verdict is Verdict.ONE_TIME]
    if not rows or len(rounds) < 2:  # noqa: PLR2004
        return []
    growth = tuple(sum(row.objects[index] for row in rows) for index in range(len(rounds)))
    if growth[0] < 1:
        return []
    finding = Finding(
        fingerprint=fingerprint("initialisation", (), ()), verdict=Verdict.ONE_TIME, law=Law.ONE_TIME, domain="python",
        type=None, other_types=tuple(row.type for row in rows[: limits.MOST_ROWS]), objects_per_iteration=0.0,
        bytes_per_iteration=0.0, growth=growth, container=None, chain=(), born_at=(), grown_at=(),
        leak_share_bytes=None, not_shared_bytes=None, sentence="",
        reasons=(f"{number_of(len(rows), 'type')} grew in the first round only",), graph=None, excerpts=(), curve=(),
    )  # fmt: skip
    return [with_sentence(finding)]


def _with_control(lost: list[Finding], control: Control) -> list[Finding]:
    """Withdraw what rests on lines alone where lines grew without any call."""
    return [_withdraw(finding, control) for finding in lost] if control.blocks else lost


def _beside_control(finding: Finding, control: Control, moved: set[str]) -> Finding:
    """Withdraw an accusation in a program that moves without any call, unless it is of what stood still there.

    A service has threads of its own, which make and drop something at any time. What they touch proves nothing; a
    type of which not one object came or went in any round of the control (it is not in `moved`) is not theirs.
    """
    named = finding.type is not None and finding.container is not None and finding.domain == "python"
    if not named or finding.type in moved or finding.verdict not in _ACCUSED:
        return _withdraw(finding, control)
    reason = f"{_gained(control)} without any call, but no {finding.type}"
    return replace(finding, reasons=(*finding.reasons, reason))


def _gained(control: Control) -> str:
    return f"the control gained {number_of(control.objects, 'object')} and {number_of(control.blocks or 0, 'block')}"


def _withdraw(finding: Finding, control: Control) -> Finding:
    """Withdraw an accusation: what ran without the workload grew too."""
    if finding.verdict not in _ACCUSED:
        return finding
    doubt = f"{_gained(control)} without any call"
    reasons = (*finding.reasons, f"{WITHDRAWN}{doubt}")
    return with_sentence(replace(finding, verdict=Verdict.INCONCLUSIVE, reasons=reasons, doubt=doubt))


def _checkpoints(matrices: Matrices) -> tuple[CheckpointRow, ...]:
    series: list[tuple[str, Series]] = [("control", matrices.control), ("workload", matrices.workload)]
    if matrices.has_traced_plan:
        series += [("traced control", matrices.traced_control), ("traced", matrices.traced)]
    return tuple(
        CheckpointRow(
            series=name, number=int(row.number), iterations=int(row.total), seconds=float(row.seconds),
            objects=int(row.objects), object_bytes=int(row.object_bytes), way=str(row.way),
            pause_seconds=float(row.pause_seconds),
            tracked=int(row.tracked), garbage=int(row.garbage), allocated_blocks=int(row.allocated_blocks),
            traced_bytes=_optional(row.traced_bytes), threads=int(row.threads), fds=_optional(row.fds),
            rss=_optional(row.rss), uss=_optional(row.uss),
        )
        for name, each in series
        for row in records(each.checkpoints)
    )  # fmt: skip


def _timeline(matrices: Matrices) -> tuple[TimelinePoint, ...]:
    return tuple(
        TimelinePoint(float(row.seconds), int(row.rss), _phase(str(row.phase), str(row.series)), int(row.round))
        for row in records(matrices.table("timeline"))
    )


def _phase(phase: str, series: str) -> str:
    if phase == "round" and series != "workload":
        return series.partition(" ")[0]
    return "start" if phase == "load" else phase


def _method(manifest: dict[str, Any], matrices: Matrices) -> Method:
    options = manifest.get("options", {})
    rpc = options.get("rpc") or {}
    target = str(options.get("target", ""))
    # A worker is named by its program; what its command says behind that is its arguments.
    arguments = str(rpc.get("command", "")).partition(target or " ")[2].split() if rpc else options.get("arguments", [])
    checkpoints = matrices.all_checkpoints
    full = checkpoints[~checkpoints["sub"]]
    extra = checkpoints[checkpoints["sub"] & (checkpoints["series"] == "workload") & ~checkpoints["extra"]]
    return Method(
        target=target,
        command=tuple(str(part) for part in options.get("command", [])),
        plan=tuple(int(count) for count in options.get("rounds", [])),
        trace=str(options.get("trace", "")),
        traced=_traced(matrices),
        trace_depth=int(options.get("trace_depth", 0)),
        subcheckpoints=int((extra["number"] == extra["number"].max()).sum()) if len(extra) else 0,
        started=str(manifest.get("started", "")),
        duration_seconds=float(manifest.get("duration_seconds", 0.0)),
        tool_seconds=round(float(checkpoints["measure_seconds"].fillna(0).sum()), 3),
        ways=tuple(str(way) for way in full["way"].unique()),
        longest_pause_seconds=float(full["pause_seconds"].max()) if len(full) else 0.0,
        setup=_text(options.get("setup")),
        inputs=_text(options.get("inputs")),
        requests=_text(rpc.get("request")),
        arguments=tuple(str(part) for part in arguments),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _traced(matrices: Matrices) -> str:
    if matrices.has_traced_plan:
        return "second plan"
    return "every round" if matrices.is_traced else "nothing"


def _row(table: pd.DataFrame, key: Any, width: int) -> tuple[int, ...]:
    return tuple(int(value) for value in table.loc[key]) if key in table.index else (0,) * width


def _optional(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
