"""The findings: everything that analysis says about a recording, as plain data.

The report reads nothing but these classes. Units are objects, bytes, blocks (live memory blocks seen by
tracemalloc) and calls (iterations of the workload); times are seconds since the recording began.
Lists that hold one number a round follow `Analysis.rounds`, in the same order and of the same length; those of lines
follow `Analysis.line_rounds`, which are other ones where the workload was run again to be traced.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from snapdiff.analysis.volume import Sweep


class Verdict(StrEnum):
    """What a finding, or the whole run, is. `clean` is a run without findings."""

    LEAK = "leak"
    SLOW_LEAK = "slow-leak"
    INCONCLUSIVE = "inconclusive"
    SATURATING = "saturating"
    CYCLE = "cycle"
    ONE_TIME = "one-time"
    CLEAN = "clean"


#: Findings are listed in this order, and the run's verdict is that of the first one.
SEVERITY = tuple(Verdict)


class Law(StrEnum):
    """The shape of a growth curve; a verdict is what follows from it."""

    FLAT = "flat"
    ONE_TIME = "one-time"
    BOUNDED = "bounded"
    LINEAR = "linear"
    SUPERLINEAR = "superlinear"
    STEP = "step"


@dataclass(frozen=True)
class Round:
    """One completed round: what was called, and what its end had more than its beginning (growth)."""

    number: int
    iterations: int
    extra: bool
    """True for a confirming round, which is never counted among the planned ones."""
    objects: int
    """Survivors among all reachable objects, tracked by the collector or not."""
    tracked: int
    """Survivors among the objects that the collector tracks."""
    bytes: int
    """Growth of the summed size of all reachable objects."""
    blocks: int | None
    """Growth of the live traced memory blocks; None without tracing."""
    traced_bytes: int | None
    seconds: float
    """Wall time of the calls, without checkpoints."""
    garbage: int
    """Cyclic garbage that the collection after the round freed."""
    rss: int | None
    uss: int | None
    """Resident and unique memory (bytes) at the checkpoint after the round, seen from outside."""

    @property
    def objects_per_iteration(self) -> float:
        """Survivors per call."""
        return self.objects / self.iterations


@dataclass(frozen=True)
class Frame:
    """A place in source code. `file` is relative for project files; `function` is None when unknown."""

    file: str
    line: int
    function: str | None


@dataclass(frozen=True)
class BornAt:
    """A line that allocated survivors."""

    frame: Frame
    share: float
    """Part of the examined survivors that were born here, 0 to 1."""
    born: int | None
    """Survivors of this finding born here, estimated for all from the examined ones; None if unknown."""
    alive: int | None
    """Blocks of this line that are alive at the last checkpoint; None without tracing."""
    callers: tuple[Frame, ...]


@dataclass(frozen=True)
class GrownAt:
    """A line at which the container grew."""

    frame: Frame
    callers: tuple[Frame, ...]


@dataclass(frozen=True)
class ChainNode:
    """A step of the chain that keeps survivors alive: `label` is the edge as a person names it."""

    label: str
    type: str


@dataclass(frozen=True)
class Container:
    """The topmost object that keeps the survivors."""

    path: str
    type: str
    size: int | None
    """Its length (entries) at the last checkpoint, where it has one."""
    bound: int | None
    """The most entries it will ever hold, where it says so (`maxlen`, `maxsize`)."""
    count: int = 1
    """Containers that are reached this way; `size` is their entries together."""


@dataclass(frozen=True)
class GraphNode:
    """A node of a back-reference graph. `role` is `survivor`, `root`, `container`, `more` or `object`."""

    id: int
    label: str
    detail: str
    role: str


@dataclass(frozen=True)
class GraphEdge:
    """`source` refers to `target`, through `label` (may be empty)."""

    source: int
    target: int
    label: str


@dataclass(frozen=True)
class Graph:
    """References between objects, or between merged objects: what refers to one survivor, or the way to what grows."""

    type: str
    drawn_by: str
    """`objgraph` with its version, or `snapdiff, from the recorded paths`: who found the references."""
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]


@dataclass(frozen=True)
class Excerpt:
    """Some lines of a project file, around `focus`."""

    file: str
    first_line: int
    lines: tuple[str, ...]
    focus: int


@dataclass(frozen=True)
class Finding:
    """One cause of growth."""

    fingerprint: str
    verdict: Verdict
    law: Law
    domain: str
    """Who owns what grows: `python`, `native`, `arrow`, `fd`, `thread`, `task` or `process`."""
    type: str | None
    other_types: tuple[str, ...]
    """Types that grow for the same cause, besides `type`."""
    objects_per_iteration: float
    bytes_per_iteration: float
    growth: tuple[int, ...]
    """What each round gained, in `unit`: objects of `type`, blocks of a line, entries or bytes of the container."""
    container: Container | None
    chain: tuple[ChainNode, ...]
    born_at: tuple[BornAt, ...]
    grown_at: tuple[GrownAt, ...]
    leak_share_bytes: int | None
    not_shared_bytes: int | None
    sentence: str
    """The finding in one sentence that can be pasted into a ticket."""
    reasons: tuple[str, ...]
    """The rules that decided, in words, each with its numbers."""
    graph: Graph | None
    """What refers to one survivor, drawn in the target; None where it was not drawn."""
    excerpts: tuple[Excerpt, ...]
    curve: tuple[tuple[int, int], ...]
    """What `growth` counts since the first checkpoint: (iterations so far, gained)."""
    unit: str = "objects"
    """What `growth` counts: `objects`, `entries` (of the container), `bytes`, `blocks`, or what the domain is about:
    `descriptors`, `threads`, `tasks`, `processes`."""
    other_containers: tuple[str, ...] = ()
    """Other containers of the same cause: they hold the same survivors, or grow at the same line."""
    held_natively: bool = False
    """True where nothing in Python refers to the survivors from outside: C, C++ or Rust holds them."""
    traced: bool = False
    """True where `growth` and `curve` follow `Analysis.traced_rounds`: for what only lines tell."""
    kinds: tuple[str, ...] = ()
    """What it is, in words, where it is no object: kinds of descriptors, names of threads or coroutines, programs."""
    waits_at: tuple[GrownAt, ...] = ()
    """Where the threads or tasks that stayed are waiting."""
    path_graph: Graph | None = None
    """The way from a root to what grows: merged nodes, each with its count and what it gains a call."""
    doubt: str = ""
    """Why it is inconclusive, in words; empty for every other verdict."""
    rise: tuple[float, float] | None = None
    """What a call gained in the last planned round and in the last of all, in `unit`, where it gained ever more."""
    bytes_rise: tuple[float, float] | None = None
    """The same of `bytes_per_iteration`: each object may be larger than those before."""
    made_at: tuple[tuple[str, Frame], ...] = ()
    """(type, line) of all survivors that were examined, not only those of `type`: for rules, not for readers."""

    @property
    def born_is_memory(self) -> bool:
        """Whether `born_at` says where memory outside the Python heap is allocated, and not where objects are made."""
        outside = self.domain in ("native", "arrow") and not self.held_natively
        return outside and all(row.born is None for row in self.born_at[:1])


@dataclass(frozen=True)
class Suppressed:
    """A suppression that matched: its pattern and reason, and what it took out of the verdict."""

    pattern: str
    reason: str
    findings: tuple[str, ...]
    """Sentences of the findings, which are listed with `fingerprints`."""
    fingerprints: tuple[str, ...]
    taken: tuple[Finding, ...] = ()
    """The findings themselves."""


@dataclass(frozen=True)
class TypeRow:
    """A type that changed. Growth per round of all its reachable objects."""

    type: str
    objects: tuple[int, ...]
    bytes: tuple[int, ...]
    objects_per_iteration: float
    """Rate of the last round."""
    bytes_per_iteration: float
    law: Law
    verdict: Verdict


@dataclass(frozen=True)
class LineRow:
    """An allocation line whose live blocks or bytes changed, for each round."""

    frame: Frame
    blocks: tuple[int, ...]
    bytes: tuple[int, ...]
    blocks_per_iteration: float
    bytes_per_iteration: float
    law: Law
    verdict: Verdict
    excerpt: Excerpt | None


@dataclass(frozen=True)
class AuditRow:
    """A check on the verdict, with its number. `passed` False is a reason to doubt."""

    name: str
    passed: bool
    value: str
    meaning: str


@dataclass(frozen=True)
class TimelinePoint:
    """Resident memory (bytes) at a moment, sampled from outside; `phase` says what the target did."""

    seconds: float
    rss: int
    phase: str
    """`start`, `control`, `round`, `traced` (a call of the second plan), `sweep` (a call with the size `round`),
    `checkpoint`, `holders` or `end`."""
    round: int


@dataclass(frozen=True)
class CheckpointRow:
    """The counters of one checkpoint, as they were."""

    series: str
    """`control`, `workload`, or of the second plan `traced control`, `traced`."""
    number: int
    iterations: int
    """Calls since the series began."""
    seconds: float
    objects: int
    object_bytes: int
    way: str
    """How the heap snapshot was taken: child, in place or python."""
    pause_seconds: float
    """How long it stopped the program, the collection apart."""
    tracked: int
    garbage: int
    allocated_blocks: int
    traced_bytes: int | None
    threads: int
    fds: int | None
    rss: int | None
    uss: int | None


@dataclass(frozen=True)
class Control:
    """Growth of the same plan around an empty function: must be 0 objects and 0 blocks.

    Blocks are those of the second plan's own control where there was one.
    """

    objects: int
    blocks: int | None
    ran: bool

    def moved(self, traced_again: bool) -> bool:
        """Whether something came or went without any call. Blocks of a second plan (`traced_again`) tell of lines."""
        return self.ran and bool(self.objects or (self.blocks and not traced_again))


class LedgerKind(StrEnum):
    """How a line of the ledger stands to resident memory."""

    TOTAL = "total"
    """All of it."""
    PART = "part"
    """A part of it. Parts never overlap, and are the total together."""
    WITHIN = "within"
    """What an owner says of itself: it lies in parts already named."""
    BESIDE = "beside"
    """Memory of another kind (a graphics card's)."""


@dataclass(frozen=True)
class Ledger:
    """What an owner holds at every checkpoint of the workload, the first included, in bytes."""

    owner: str
    """For scripts: `python.small`, `files`, `unexplained`, …"""
    name: str
    """In words."""
    kind: LedgerKind
    bytes: tuple[int, ...]
    source: str
    """Where the number is from."""


@dataclass(frozen=True)
class Domain:
    """What one of tracemalloc's domains has allocated since tracing began and has not freed.

    At each checkpoint of the rounds that lines are judged on (`Analysis.line_rounds`), the first included.
    """

    number: int
    name: str
    """In words: whose memory it is."""
    blocks: tuple[int, ...]
    bytes: tuple[int, ...]
    source: str
    """Where the number is from."""


@dataclass(frozen=True)
class Peak:
    """The most memory (bytes) between the two checkpoints of a round, and at these."""

    before: int
    peak: int
    after: int
    exact: bool
    """True where the kernel's own mark tells; else it is the highest of the samples, and may have been higher."""
    traced: int | None
    """The most that Python allocated of it, by tracemalloc; None without tracing."""
    arrow: int | None
    """What Arrow's pools held at most, where that rose in this round: a pool keeps its highest ever, no other."""

    @property
    def passing(self) -> int:
        """What the round took and gave back."""
        return self.peak - max(self.before, self.after)


@dataclass(frozen=True)
class GivenBack:
    """What was tried after the last checkpoint, and resident memory (bytes) before and after it."""

    action: str
    before: int
    after: int
    seconds: float


@dataclass(frozen=True)
class Method:
    """How the recording was made, for the page's last section."""

    target: str
    command: tuple[str, ...]
    plan: tuple[int, ...]
    trace: str
    """The option: `rounds`, `auto` or `off`."""
    traced: str
    """What came of it: `every round`, `second plan`, `peaks` (of a sweep, in calls of their own) or `nothing`
    was traced."""
    trace_depth: int
    subcheckpoints: int
    started: str
    """UTC, ISO 8601."""
    duration_seconds: float
    tool_seconds: float
    """Time the target spent inside checkpoints."""
    ways: tuple[str, ...]
    """How heap snapshots were taken, each way once."""
    longest_pause_seconds: float
    """The longest that a full snapshot stopped the program."""
    setup: str | None = None
    """What made the program ready (`--setup`)."""
    inputs: str | None = None
    """The function that gave each call its arguments (`--inputs`)."""
    requests: str | None = None
    """The file of requests to a worker (`--request`)."""
    arguments: tuple[str, ...] = ()
    """The arguments of the program: of a script, or of a worker's command."""


@dataclass(frozen=True)
class Analysis:
    """All that a report says, in the order in which the page says it."""

    verdict: Verdict
    sentence: str
    complete: bool
    ended: str
    """`as planned`, or how it ended instead, in words."""
    rounds: tuple[Round, ...]
    findings: tuple[Finding, ...]
    control: Control
    audit: tuple[AuditRow, ...]
    types: tuple[TypeRow, ...]
    lines: tuple[LineRow, ...]
    ledger: tuple[Ledger, ...]
    checkpoints: tuple[CheckpointRow, ...]
    timeline: tuple[TimelinePoint, ...]
    curve: tuple[tuple[int, int], ...]
    """Survivors of all types since the first checkpoint: (iterations so far, objects)."""
    method: Method
    environment: tuple[tuple[str, str], ...]
    """(name, value) pairs: versions, platform, settings of the target."""
    notes: tuple[str, ...]
    """What a reader must know: what could not be measured, what was cut."""
    peaks: tuple[Peak, ...] = ()
    """One for each of `rounds`; empty where owners were not asked."""
    given_back: tuple[GivenBack, ...] = ()
    domains: tuple[Domain, ...] | None = None
    """Traced memory by domain, within the lines of the ledger; None where that is not known."""
    suppressed: tuple[Suppressed, ...] = ()
    """Findings that a suppression took out of the verdict; never hidden."""
    traced_rounds: tuple[Round, ...] = ()
    """The rounds of the second plan, which was run traced because something grew; empty where there was none."""
    redacted: bool = False
    """True where excerpts, paths of files and the command line were taken out."""

    sweep: Sweep | None = None
    """The growth with the size of the input, where the recording is a sweep; then there are no rounds and findings."""

    @property
    def restless(self) -> bool:
        """Whether something came or went without any call: what was not found may be there all the same."""
        return self.control.moved(bool(self.traced_rounds))

    @property
    def line_rounds(self) -> tuple[Round, ...]:
        """The rounds that the growth of lines follows."""
        return self.traced_rounds if self.method.traced == "second plan" else self.rounds
