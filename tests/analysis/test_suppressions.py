"""Findings that somebody accepted: out of the verdict, never out of sight."""

from __future__ import annotations

import pytest

from snapdiff.analysis import Verdict
from snapdiff.analysis.suppressions import Suppression, parse
from snapdiff.api import Report

ONE = (1, 10, 151, 302)
ADD = ("app/cart.py", 41, "Cart.add")


def accepted(found, *lines):
    """Analyze with the suppressions in some lines."""
    return found.analysis(*parse(lines, "accepted.txt"))


# -- what is written --------------------------------------------------------------------------------------


def test_a_line_is_a_pattern_and_a_reason():
    assert (
        Suppression("Cart.by_id", "known, ticket 17"),
        Suppression("app.Item", ""),
        Suppression("a * b", "because # of that"),
    ) == parse(["leak:Cart.by_id  # known, ticket 17", "  leak: app.Item ", "leak:a * b # because # of that"], "x")


def test_empty_lines_and_comments_say_nothing():
    assert () == parse(["", "   ", "# a comment", "  # leak:another"], "x")


@pytest.mark.parametrize(
    "line",
    ["Cart.by_id", "leak", "leak:", "leak:   # no pattern", "leak:*", "leak: ** *", "Leak:x", "race:x", "leak x"],
)
def test_a_line_that_names_nothing_is_refused_with_its_number(line):
    with pytest.raises(ValueError, match=r"^accepted.txt, line 3: write `leak:PATTERN  # reason`, not '") as caught:
        parse(["# fine", "leak:x  # fine", line, "leak:"], "accepted.txt")
    assert line[:80].strip() in str(caught.value)


def test_a_long_line_is_quoted_in_part():
    with pytest.raises(ValueError, match="line 1: write") as caught:
        parse(["x" * 100_000], "accepted.txt")
    assert len(str(caught.value)) < 200


# -- what matches -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        "module app → Cart.by_id", "Cart.by_id", "by_", "app.Item", "Item", "app/cart.py:41 Cart.add", "cart.py:41",
        "app/*.py", "module * → *.by_id", "*Cart*", "app/shelf.py:9 put",
    ],
)  # fmt: skip
def test_path_type_and_lines_are_matched_anywhere_in_them(cart, pattern):
    found = accepted(cart.grew(("app/shelf.py", 9, "put")), f"leak:{pattern}  # accepted")
    assert (Verdict.CLEAN, ()) == (found.verdict, found.findings)


def test_a_fingerprint_is_matched(cart):
    name = cart.analysis().findings[0].fingerprint
    assert () == accepted(cart, f"leak:{name}  # accepted").findings


@pytest.mark.parametrize(
    "pattern", ["Cart.by_name", "cart.by_id", "app/cart.py:42", "Cart*Item", "shop.py", "[C]art", "leak:Cart.by_id"]
)
def test_what_is_nowhere_in_a_finding_matches_nothing(cart, pattern):
    found = accepted(cart, f"leak:{pattern}  # accepted")
    assert (Verdict.LEAK, ()) == (found.verdict, found.suppressed)


def test_brackets_are_those_of_paths_and_no_classes_of_characters(program):
    rows = ("module app:module", ".rows:list", "[*]:app.Row", ".tags:list")
    found = program().keeps(rows, "app.Tag", *ONE, edge="[*]")
    assert "module app → rows[*].tags" == found.analysis().findings[0].container.path
    assert () == accepted(found, "leak:rows[*].tags  # accepted").findings
    assert () == accepted(found, "leak:[*].tags").findings
    assert 1 == len(accepted(found, "leak:rows[.x]tags").findings)
    assert 1 == len(accepted(found, "leak:row[s]").findings)


def test_a_line_of_lost_memory_is_matched(program):
    found = program().allocates(("app/native.py", 8, "encode"), blocks=ONE, size=1000).reached("app/native.py", 8, 0)
    assert [Verdict.LEAK, Verdict.CLEAN] == [
        found.analysis().verdict,
        accepted(found, "leak:app/native.py:8").verdict,
    ]


# -- what follows -----------------------------------------------------------------------------------------


@pytest.fixture
def two(cart):
    """A leak of items and a slow leak of others."""
    return cart.keeps(("module app:module", ".others:list"), "app.Other", 0, 1, 21, 43, edge="[*]")


def test_what_is_left_decides_on_the_verdict_and_its_exit_code(two):
    found = accepted(two, "leak:Cart.by_id  # known")
    assert (Verdict.SLOW_LEAK, ["app.Other"]) == (found.verdict, [finding.type for finding in found.findings])
    assert found.sentence.startswith("Slow leak: `module app → others` gains")
    found = accepted(two, "leak:Cart.by_id  # known", "leak:others  # known")
    assert (Verdict.CLEAN, 0, ()) == (found.verdict, Report(found).exit_code, found.findings)


def test_what_was_suppressed_is_listed_with_pattern_reason_sentence_and_fingerprint(two):
    before = two.analysis()
    (row,) = accepted(two, "leak:Cart.by_id  # known, ticket 17").suppressed
    assert ("Cart.by_id", "known, ticket 17") == (row.pattern, row.reason)
    assert ((before.findings[0].sentence,), (before.findings[0].fingerprint,)) == (row.findings, row.fingerprints)


def test_one_pattern_may_take_several_findings(two):
    (row,) = accepted(two, "leak:module app → *  # all of it").suppressed
    assert 2 == len(row.findings)


def test_a_finding_is_taken_by_the_first_pattern_that_matches_and_listed_once(two):
    found = accepted(two, "leak:nowhere  # unused", "leak:app.Item  # first", "leak:Cart.by_id  # second")
    assert ["first"] == [row.reason for row in found.suppressed]


def test_a_clean_sentence_says_what_it_does_not_count(cart):
    sentence = accepted(cart, "leak:Cart.by_id").sentence
    assert "Clean but for 1 suppressed finding: nothing else grows with the calls (464 calls)." == sentence


def test_types_and_lines_are_shown_as_they_are(cart):
    before, found = cart.analysis(), accepted(cart, "leak:Cart.by_id")
    assert (before.types, before.lines, before.rounds) == (found.types, found.lines, found.rounds)


def test_what_does_not_weigh_on_the_verdict_is_left_where_it_is(program, by_id):
    found = program().keeps(by_id, "app.Item", 1, 10, 117, 0).grows("app.Once", 900, 0, 0, 0)
    assert [Verdict.SATURATING, Verdict.ONE_TIME] == [
        finding.verdict for finding in accepted(found, "leak:app", "leak:Cart").findings
    ]


def test_inconclusive_findings_and_cycles_may_be_accepted(program, by_id):
    found = program(confirming=None).keeps(by_id, "app.Item", *ONE[:3])
    assert [Verdict.INCONCLUSIVE, Verdict.CLEAN] == [found.analysis().verdict, accepted(found, "leak:Item").verdict]
    found = program().checkpoints(collected=(0, 3, 33, 486, 1392)).litters("app.Node", 30)
    assert [Verdict.CYCLE, Verdict.CLEAN] == [found.analysis().verdict, accepted(found, "leak:app.Node").verdict]


def test_a_control_that_grows_stays_inconclusive_whatever_is_accepted(cart):
    found = accepted(cart.control_gains(objects=(0, 0, 4)), "leak:Cart.by_id")
    assert (Verdict.INCONCLUSIVE, ()) == (found.verdict, found.findings)


def test_one_round_proves_nothing_whatever_is_accepted(program):
    assert Verdict.INCONCLUSIVE is accepted(program(rounds=(1,), confirming=None), "leak:x").verdict
