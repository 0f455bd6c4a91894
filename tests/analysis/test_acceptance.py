"""Budgets, baselines, and which leaks weigh once both are applied."""

from dataclasses import dataclass

import pytest

from snapdiff.analysis.baseline import Known, gone, parse_baseline, render_baseline, updated
from snapdiff.analysis.budget import Budget, parse_budget
from snapdiff.analysis.model import Verdict
from snapdiff.analysis.weighing import weigh


@dataclass(frozen=True)
class Leak:
    fingerprint: str
    objects_per_iteration: float
    bytes_per_iteration: float = 0.0
    verdict: Verdict = Verdict.LEAK


@dataclass(frozen=True)
class Judged:
    findings: tuple
    verdict: Verdict = Verdict.LEAK
    complete: bool = True
    restless: bool = False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 objects/call", Budget(2, None)),
        ("1 object per call", Budget(1, None)),
        ("0.5 KB/call", Budget(None, 500)),
        ("3 objects/call, 2 MB / call", Budget(3, 2_000_000)),
        ("100 B a call", Budget(None, 100)),
    ],
)
def test_a_budget_is_objects_or_bytes_or_both(text, expected):
    assert expected == parse_budget(text, "here")


@pytest.mark.parametrize("text", ["", "2", "2 objects", "-1 objects/call", "1 KB/call, 2 KB/call", "2 objects/call,"])
def test_another_budget_is_refused_saying_where(text):
    with pytest.raises(ValueError, match=r"^here: write `2 objects/call`"):
        parse_budget(text, "here")


def test_a_budget_is_for_all_new_leaks_together():
    leaks = (Leak("a", 1.0, 100.0), Leak("b", 1.0, 100.0))
    assert [(), ("a", "b")] == [
        tuple(leak.fingerprint for leak in weigh(Judged(leaks), budget, ()).new)
        for budget in (Budget(2, 200), Budget(2, 199))
    ]


def test_known_leaks_do_not_weigh_and_use_up_no_budget():
    weighed = weigh(Judged((Leak("a", 50.0), Leak("b", 1.0))), Budget(1, None), {"a"})
    assert ((), ("a",), ("b",)) == tuple(
        tuple(leak.fingerprint for leak in part) for part in (weighed.new, weighed.known, weighed.allowed)
    )
    assert not weighed.open


def test_an_accepted_leak_does_not_hide_what_is_open():
    doubt = Leak("b", 1.0, verdict=Verdict.INCONCLUSIVE)
    assert weigh(Judged((Leak("a", 1.0), doubt)), None, {"a"}).open
    assert weigh(Judged((Leak("a", 1.0),), complete=False), None, {"a"}).open
    assert weigh(Judged((), Verdict.INCONCLUSIVE), None, ()).open
    assert weigh(Judged((Leak("a", 1.0),), restless=True), None, {"a"}).open


A, B, C = (
    Known(target, mark, "leak", f"Leak: {mark}.") for target, mark in (("x:f", "aa"), ("x:f", "bb"), ("y:g", "cc"))
)


def test_a_baseline_is_sorted_and_reads_back():
    text = render_baseline([C, A, B, A])
    assert text == render_baseline([A, B, C])
    assert (A, B, C) == parse_baseline(text, "here")
    assert 3 == text.count('"fingerprint": ') == len(text.splitlines()) - 3
    assert () == parse_baseline(render_baseline([]), "here")


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", '{"known": []}', '{"format": "snapdiff-baseline/9", "known": []}',
        '{"format": "snapdiff-baseline/1", "known": [{"target": "x"}]}', '{"format": "snapdiff-baseline/1"}',
        '{"format": "snapdiff-baseline/1", "known": [7]}', "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_baseline_is_refused_saying_where(text):
    with pytest.raises(ValueError, match=r"^here"):
        parse_baseline(text, "here")


def test_only_leaks_of_checked_targets_are_gone():
    assert [B] == gone([A, B, C], ["x:f"], [A])
    assert [C] == gone([A, B, C], ["x:f", "y:g"], [A, B])


def test_an_update_replaces_the_checked_targets_only():
    assert [A, C] == updated([B, C], ["x:f"], [A])
