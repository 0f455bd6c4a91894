"""What is remembered of a run: its verdict, rates, memory and findings, as plain data, with where it was made.

Units are those of `snapdiff.analysis.model`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from snapdiff.analysis.comparison import proves_absence
from snapdiff.analysis.model import Analysis, ChainNode, Finding, Frame, Law, LedgerKind, Verdict
from snapdiff.analysis.sentences import gained_per_call

LEAKS = (Verdict.LEAK, Verdict.SLOW_LEAK)

_DAY = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-(\d\d)T", re.ASCII)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """Which program a run was of, and where it ran. None is unknown."""

    commit: str | None = None
    changed: bool = False
    """True where the files differed from the commit."""
    branch: str | None = None
    machine: str | None = None
    service: str | None = None
    """The CI service that it ran on: `github`, `gitlab` or `jenkins`."""


@dataclass(frozen=True)
class Owned:
    """What an owner held of the memory (bytes) at the last checkpoint; see `snapdiff.analysis.model.Ledger`."""

    owner: str
    name: str
    kind: LedgerKind
    bytes: int


@dataclass(frozen=True)
class PastFinding:
    """A cause of growth, as it is remembered: what it takes to know it again, and its rate."""

    fingerprint: str
    verdict: Verdict
    law: Law
    domain: str
    type: str | None
    other_types: tuple[str, ...]
    container: str | None
    """Its path."""
    container_type: str | None
    chain: tuple[ChainNode, ...]
    born_at: tuple[Frame, ...]
    grown_at: tuple[Frame, ...]
    waits_at: tuple[Frame, ...]
    """Where threads or tasks that stayed are waiting."""
    kinds: tuple[str, ...]
    """What it is, in words, where it is no object: kinds of descriptors, names of threads, …"""
    unit: str
    """What `rate` counts: objects, entries, bytes, blocks, …"""
    rate: float
    """What a call left, in `unit`."""
    bytes_per_call: float
    share_bytes: int | None
    """Memory that is there because of it."""
    sentence: str


@dataclass(frozen=True)
class PastRun:
    """A run, as it is remembered."""

    id: str
    """SHA-256 of the recording: the same recording is remembered once."""
    target: str
    started: str
    """UTC, ISO 8601."""
    added: str
    """When it was remembered, UTC, ISO 8601."""
    origin: Origin
    verdict: Verdict
    sentence: str
    complete: bool
    tells_absence: bool
    """True where what it did not find was not there; see `snapdiff.analysis.comparison.proves_absence`."""
    ended: str
    python: str
    snapdiff: str
    plan: tuple[int, ...]
    trace: str
    calls: int
    """Calls of all completed rounds."""
    objects: int | None
    """Reachable objects at the last checkpoint of the workload."""
    objects_per_call: float | None
    """Survivors per call of the last planned round."""
    rss: int | None
    uss: int | None
    """Resident and unique memory (bytes) at the last checkpoint of the workload."""
    ledger: tuple[Owned, ...]
    findings: tuple[PastFinding, ...]
    suppressed: tuple[str, ...]
    """Fingerprints of what a suppression took out of the verdict."""

    @property
    def tells(self) -> bool:
        """True where the run says whether its program leaks."""
        return self.verdict in LEAKS or (self.verdict is not Verdict.INCONCLUSIVE and self.tells_absence)


@dataclass(frozen=True)
class Note:
    """What somebody has written down about a cause."""

    fingerprint: str
    at: str
    """UTC, ISO 8601."""
    ticket: str | None
    fixed_in: str | None
    text: str | None


def past_run(analysis: Analysis, identity: str, origin: Origin, added: str) -> PastRun:
    """Return what is remembered of an analysed recording; `identity` is the hash of its file."""
    environment = dict(analysis.environment)
    checkpoints = [row for row in analysis.checkpoints if row.series == "workload"]
    last = checkpoints[-1] if checkpoints else None
    planned = [each for each in analysis.rounds if not each.extra]
    return PastRun(
        id=identity,
        target=analysis.method.target,
        started=analysis.method.started,
        added=added,
        origin=origin,
        verdict=analysis.verdict,
        sentence=analysis.sentence,
        complete=analysis.complete,
        tells_absence=proves_absence(analysis),
        ended=analysis.ended,
        python=environment.get("python", ""),
        snapdiff=environment.get("snapdiff", ""),
        plan=analysis.method.plan,
        trace=analysis.method.trace,
        calls=sum(each.iterations for each in analysis.rounds),
        objects=last.objects if last else None,
        objects_per_call=planned[-1].objects_per_iteration if planned else None,
        rss=last.rss if last else None,
        uss=last.uss if last else None,
        ledger=tuple(Owned(row.owner, row.name, row.kind, row.bytes[-1]) for row in analysis.ledger if row.bytes),
        findings=tuple(past_finding(finding) for finding in analysis.findings),
        suppressed=tuple(fingerprint for row in analysis.suppressed for fingerprint in row.fingerprints),
    )


def past_finding(finding: Finding) -> PastFinding:
    """Return what is remembered of a finding."""
    container = finding.container
    return PastFinding(
        fingerprint=finding.fingerprint,
        verdict=finding.verdict,
        law=finding.law,
        domain=finding.domain,
        type=finding.type,
        other_types=finding.other_types,
        container=None if container is None else container.path,
        container_type=None if container is None else container.type,
        chain=finding.chain,
        born_at=tuple(row.frame for row in finding.born_at),
        grown_at=tuple(row.frame for row in finding.grown_at),
        waits_at=tuple(row.frame for row in finding.waits_at),
        kinds=finding.kinds,
        unit=finding.unit,
        rate=gained_per_call(finding),
        bytes_per_call=finding.bytes_per_iteration,
        share_bytes=finding.leak_share_bytes,
        sentence=finding.sentence,
    )


def day(moment: str) -> str:
    """Return a moment in ISO 8601 as people write a day: `3 November 2026`; as it is where it is no such thing."""
    found = _DAY.match(moment)
    return f"{int(found[3])} {_MONTHS[int(found[2]) - 1]} {found[1]}" if found else moment
