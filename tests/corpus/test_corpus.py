"""Programs with known truth, run as real processes: what leaks is found with its cause and lines, the rest is let be.

`truth.json` in each folder says what is true; the lines stand in the programs, marked `# born` and `# grown`. The whole
corpus runs on the first Python of CI, the subset on the others (see `.ci/test-all`). Packages from PyPI are the business
of `make accuracy`.
"""

import functools
import importlib.util
import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from snapdiff import api
from snapdiff.record.options import DEFAULT_ROUNDS

HERE = Path(__file__).parent
#: Run on every Python: each way to hold something once, and the clean programs that are accused most easily.
EVERYWHERE = {
    "audit_trail", "breadcrumbs", "connection_loggers", "crawler_statistics", "device_finalizers", "feature_flags",
    "form_classes", "health_probe", "invoice_layout", "order_tree", "price_watch", "query_log", "recency_list",
    "row_collector", "telemetry_gateway", "timer_heap", "token_history", "undo_stack", "view_watchers", "wire_recorder",
    "workspace_cleanup", "native_handles", "unread_devices", "kept_sockets_twin", "abc_classes", "asyncio_tasks",
    "batch_writer_64", "cycles_instances", "dict_cache_600",
    "interned_names", "lru_5000", "plain_counters", "random_keys_1000", "sawtooth_50", "sawtooth_900", "struct_formats",
}  # fmt: skip
#: Clean programs of which only a longer run can say so: more keys than calls, and lists of dead weak references that
#: sqlite3 clears after every two hundred cursors. They may be inconclusive, and must not be accused.
UNDECIDED = {"random_keys_3000", "random_keys_1000", "batch_writer_64"}
#: Lines of a thread that was running before cannot be watched before 3.12.
OUT_OF_REACH = {"row_collector"} if sys.version_info < (3, 12) else set()
if sys.version_info >= (3, 14):
    # What a BytesIO holds is an object of its own there, which no name leads to.
    OUT_OF_REACH.add("report_stream")
#: Recorded under `--trace auto` too, the first two on every Python: leaks of objects, of entries, of sizes, slow, without
#: a name, and with several causes.
TRACED_LATER = (
    "audit_trail", "health_probe", "chat_transcript", "feature_flags", "order_tree", "shutdown_hooks", "crawler_statistics",
)  # fmt: skip
LET_BE = ("free_lists", "lazy_import_late", "interned_names", "sawtooth_97", "lru_300")
PATIENCE = 180


@functools.cache
def truths(folder):
    """What is true of every program of a folder."""
    return json.loads((HERE / folder / "truth.json").read_text(encoding="utf-8"))


def programs(folder, leaking):
    """The programs of a folder that leak, or do not, for parametrisation."""
    names = sorted(name for name in truths(folder) if (verdict_here(folder, name) == "leak") == leaking)
    return [
        pytest.param(folder, name, marks=() if name in EVERYWHERE else pytest.mark.corpus, id=name) for name in names
    ]


def verdict_here(folder, name):
    """The truth on this Python: interned texts are immortal on 3.12 (cpython#113993)."""
    truth = truths(folder)[name]
    return truth.get("verdict_by_python", {}).get("{}.{}".format(*sys.version_info), truth["verdict"])


def marked(folder, name, word):
    """The lines of a program that carry a mark."""
    lines = (HERE / folder / f"{name}.py").read_text(encoding="utf-8").splitlines()
    pattern = re.compile(r"#\s*(born, grown|grown, born|born|grown)\b")
    return {number for number, line in enumerate(lines, 1) if (found := pattern.search(line)) and word in found[1]}


@pytest.fixture(scope="session")
def known():
    """Analyses that this worker has already, by what was recorded."""
    return {}


@pytest.fixture
def judged(record, known):
    """Record a program in a process of its own, as by default; return its analysis."""

    def run(folder, name, trace="rounds"):
        if (folder, name, trace) in known:
            return known[folder, name, trace]
        teardown = "teardown" if "def teardown" in (HERE / folder / f"{name}.py").read_text(encoding="utf-8") else None
        path = record(
            f"{name}.py:iterate", cwd=HERE / folder, setup="setup", teardown=teardown, rounds=DEFAULT_ROUNDS,
            trace=trace, timeout=PATIENCE,
        )  # fmt: skip
        analysis = api.analyze(path).analysis
        assert (True, ()) == (analysis.complete, tuple(note for note in analysis.notes if "failed" in note))
        known[folder, name, trace] = analysis
        return analysis

    return run


@pytest.mark.parametrize(("folder", "name"), programs("pairs", leaking=True))
def test_a_leak_is_found_with_its_holder_type_and_both_lines(judged, folder, name):
    truth = truths(folder)[name]
    analysis = judged(folder, name)
    assert str(analysis.verdict) in ("leak", "slow-leak"), analysis.sentence
    leaks = [finding for finding in analysis.findings if str(finding.verdict) in ("leak", "slow-leak")]
    causes = truth.get("causes", [truth])
    assert len(causes) == len(leaks), [finding.sentence for finding in leaks]
    for finding, cause in zip(leaks, causes, strict=True):
        words = {word for text in places_of(finding) for word in re.findall(r"\w+", text)}
        assert not cause["holder_any"] or words & set(cause["holder_any"]), finding.sentence
        assert finding.type.rpartition(".")[2] in cause["types_any"], finding.sentence
        assert finding.born_at[0].frame.line in marked(folder, name, "born"), finding.born_at
        if name not in OUT_OF_REACH:
            assert finding.grown_at[0].frame.line in marked(folder, name, "grown"), finding.grown_at


def places_of(finding):
    """The texts that name a finding's holder."""
    path = [] if finding.container is None else [finding.container.path, finding.container.type]
    return [*path, *(step.label for step in finding.chain), *(step.type for step in finding.chain)]


@pytest.mark.parametrize(("folder", "name"), programs("outside", leaking=True))
def test_a_leak_of_what_is_no_object_is_one_finding_with_its_domain_rate_and_line(judged, folder, name):
    truth = truths(folder)[name]
    skip_without(truth)
    analysis = judged(folder, name, truth.get("trace", "rounds"))
    leaks = [finding for finding in analysis.findings if str(finding.verdict) in ("leak", "slow-leak")]
    assert [truth["domain"]] == [finding.domain for finding in leaks], [finding.sentence for finding in leaks]
    found = leaks[0]
    rate = found.bytes_per_iteration if truth["unit"] == "bytes" else found.objects_per_iteration
    assert rate == pytest.approx(truth["rate"], rel=0.15)
    assert found.born_at[0].frame.line in marked(folder, name, "born"), found.born_at
    if "holder_any" in truth:
        words = {word for text in places_of(found) for word in re.findall(r"\w+", text)}
        assert words & set(truth["holder_any"]), found.sentence
        assert found.type.rpartition(".")[2] in truth["types_any"], found.sentence
        assert found.grown_at[0].frame.line in marked(folder, name, "grown"), found.grown_at


def skip_without(truth):
    """Skip a program whose needs are not met here."""
    needs = truth.get("needs")
    if needs == "compiler" and shutil.which("cc") is None:
        pytest.skip("no C compiler here")
    if needs not in (None, "compiler") and importlib.util.find_spec(needs) is None:
        pytest.skip(f"{needs} is not installed here")


CLEAN = [program for folder in ("pairs", "clean", "outside") for program in programs(folder, leaking=False)]


@pytest.mark.parametrize(("folder", "name"), CLEAN)
def test_a_clean_program_is_not_accused(judged, folder, name):
    truth = truths(folder)[name]
    skip_without(truth)
    analysis = judged(folder, name, truth.get("trace", "rounds"))
    allowed = {"clean", "one-time", "saturating", "cycle"} | ({"inconclusive"} if name in UNDECIDED else set())
    assert str(analysis.verdict) in allowed, analysis.sentence


def essence(finding):
    """What a finding says, but for numbers that follow the calls."""
    container = None if finding.container is None else (finding.container.path, finding.container.type)
    born, grown = ([row.frame for row in rows[:1]] for rows in (finding.born_at, finding.grown_at))
    return (finding.fingerprint, finding.verdict, finding.type, finding.growth, container, born, grown)


@pytest.mark.parametrize(
    "name", [*TRACED_LATER[:2], *(pytest.param(name, marks=pytest.mark.corpus) for name in TRACED_LATER[2:])]
)
def test_what_is_traced_only_when_something_grew_has_the_findings_of_what_is_always_traced(judged, name):
    always, later = (judged("pairs", name, trace) for trace in ("rounds", "auto"))
    assert ("every round", "second plan") == (always.method.traced, later.method.traced)
    accused = [[essence(each) for each in found.findings if each.verdict != "one-time"] for found in (always, later)]
    assert accused[0] == accused[1]


@pytest.mark.parametrize("name", ["native_handles", "unread_devices"])
def test_what_tracing_does_not_see_is_found_without_it(judged, name):
    analysis = judged("outside", name, "auto")
    assert ("leak", "nothing") == (str(analysis.verdict), analysis.method.traced)
    assert analysis.findings[0].born_at[0].frame.line in marked("outside", name, "born")


@pytest.mark.parametrize("name", [name for name in LET_BE if verdict_here("clean", name) == "clean"])
def test_a_clean_program_is_not_traced_unless_it_asks_to_be(judged, name):
    analysis = judged("clean", name, "auto")
    assert str(analysis.verdict) in ("clean", "one-time", "saturating", "cycle")
    assert ("nothing", ()) == (analysis.method.traced, analysis.traced_rounds)


def test_the_corpus_is_as_large_as_it_says():
    pairs, clean = truths("pairs"), truths("clean")
    leaking = [name for name, truth in pairs.items() if truth["verdict"] == "leak"]
    assert len(leaking) >= 40
    assert [] == [name for name in leaking if pairs[f"{name}_twin"]["verdict"] != "clean"]
    assert len(clean) >= 30
    assert set() == EVERYWHERE - {*pairs, *clean, *truths("outside")}
    outside = truths("outside")
    assert [] == [name for name in outside if f"{name}_twin" not in outside and not name.endswith("_twin")]
    for folder in ("pairs", "clean", "pypi", "outside"):
        assert set(truths(folder)) == {path.stem for path in (HERE / folder).glob("*.py")}
