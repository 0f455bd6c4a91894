"""Modules that are imported late: one finding with all that their import fills."""

from __future__ import annotations

import pytest

from snapdiff.analysis import Verdict

MODULES = ("module sys:module", ".modules:dict")
REGISTRY = ("module typing:module", "._overload_registry:collections.defaultdict")
ONCE = (0, 0, 0, 394, 0)
LAST = (0, 0, 0, 0, 394)


@pytest.fixture
def importing(program):
    """A run of five rounds, in one of which modules were imported."""

    def make(gained=ONCE, **options):
        found = program(rounds=(1, 10, 151), confirming=(302, 604), **options)
        return found.keeps(MODULES, "module", *gained).path(
            *MODULES, "{value}:module", ".Rule:app.Rule", objects=gained
        )

    return make


def some(count, gained):
    """So many a round where modules were imported."""
    return tuple(count if each else 0 for each in gained)


def test_what_modules_fill_when_they_are_imported_is_told_with_them(importing):
    found = importing().keeps(REGISTRY, "dict", *some(48, ONCE)).analysis()
    (finding,) = found.findings
    assert "Not a leak: 394 modules were imported late, after the first round, and then no more." == finding.sentence
    assert "with them grew, in no other rounds, `module typing → _overload_registry`" == finding.reasons[-1]
    assert found.sentence.endswith("; 394 modules were imported late, after the first round, and then no more.")
    assert Verdict.SATURATING is found.verdict


def test_six_that_came_with_modules_are_five_and_one_more(importing):
    found = importing()
    for name in "abcdef":
        found.keeps(("module app:module", f".{name}:dict"), "str", *some(40, ONCE))
    (finding,) = found.analysis().findings
    assert finding.reasons[-1].endswith("`module app → e` and 1 more")


@pytest.mark.parametrize("gained", [(1, 10, 60, 200, 0), (0, 0, 40, 0, 0), (0, 0, 0, 394, 0, 0)[1:]])
def test_what_grew_in_a_round_that_imported_nothing_is_another_finding(importing, gained):
    found = importing().keeps(REGISTRY, "dict", *gained).analysis()
    assert 1 + any(gain and not modules for gain, modules in zip(gained, ONCE, strict=True)) == len(found.findings)


def test_modules_of_the_last_round_are_inconclusive_and_say_what_to_do(importing):
    found = importing(LAST).keeps(REGISTRY, "dict", *some(48, LAST)).analysis()
    (finding,) = found.findings
    assert "Inconclusive: 394 modules were imported late, in the last round." == finding.sentence == found.sentence
    assert "no round came after it that could show whether more are imported: give it more calls with --rounds" == (
        finding.doubt
    )
    assert "module" == finding.type


def test_a_leak_beside_modules_stays_a_leak(importing, by_id):
    found = importing().keeps(by_id, "app.Item", 1, 10, 151, 302, 604).analysis()
    assert [Verdict.LEAK, Verdict.SATURATING] == [finding.verdict for finding in found.findings]


def test_modules_that_every_call_makes_are_a_leak_of_modules(program):
    found = program().keeps(MODULES, "module", 1, 10, 151, 302)
    found.path(*MODULES, "{value}:module", ".Rule:app.Rule", objects=(1, 10, 151, 302))
    (finding,) = found.analysis().findings
    assert (Verdict.LEAK, "module") == (finding.verdict, finding.type)
    assert finding.sentence.startswith("Leak: `module sys → modules` gains 1 `module` per call")


def test_what_the_programs_own_module_keeps_is_never_put_with_modules(importing, by_id):
    found = importing(LAST).keeps(by_id, "app.Item", *some(40, LAST)).born("app.Item", ("app/cart.py", 41, "Cart.add"))
    said = [finding.container.path for finding in found.analysis().findings]
    assert {"module sys → modules", "module app → Cart.by_id"} == set(said)
