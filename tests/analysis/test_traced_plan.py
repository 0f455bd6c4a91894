"""A second plan, traced: paths are judged on the first, lines on the second, and neither takes the other's numbers."""

from __future__ import annotations

from snapdiff.analysis import Verdict
from snapdiff.api import Report

ONE = (1, 10, 151, 302)
ADD = ("app/cart.py", 41, "Cart.add")
LOST = ("app/native.py", 8, "encode")
RUN = ("bench.py", 7, "run")


def keeping(program, by_id, **options):
    """A leak of one item a call, run a second time and traced then."""
    found = program(again=True, **options).keeps(by_id, "app.Item", *ONE, size=144).born("app.Item", ADD, RUN)
    return found.allocates(ADD, RUN, blocks=ONE, size=144)


def losing(program, **options):
    """Memory lost in C, seen only when the rounds were run a second time."""
    return program(again=True, **options).allocates(LOST, RUN, blocks=ONE, size=1000).reached(*LOST[:2], 0)


def test_rounds_types_and_paths_are_those_of_the_first_plan(program, by_id):
    found = keeping(program, by_id).analysis()
    assert [1, 10, 151, 302] == [each.iterations for each in found.rounds]
    assert [None] * 4 == [each.blocks for each in found.rounds]
    assert (Verdict.LEAK, "second plan") == (found.findings[0].verdict, found.method.traced)


def test_lines_and_what_was_born_are_those_of_the_second_plan(program, by_id):
    found = keeping(program, by_id).analysis()
    assert [(ONE, Verdict.LEAK)] == [(row.blocks, row.verdict) for row in found.lines]
    assert [1, 10, 151, 302] == [each.blocks for each in found.traced_rounds]
    born = found.findings[0].born_at[0]
    # The builder has fifty older blocks at each line.
    assert (464, 514) == (born.born, born.alive)


def test_the_curve_ends_where_the_first_plan_does(program, by_id):
    assert (464, 464) == keeping(program, by_id).analysis().curve[-1]


def test_memory_lost_in_c_is_judged_on_the_second_plan(program):
    found = losing(program).analysis()
    finding = found.findings[0]
    assert (Verdict.LEAK, ONE, True, "blocks") == (finding.verdict, finding.growth, finding.traced, finding.unit)


def test_lines_that_grew_without_any_call_withdraw_what_rests_on_lines(program, by_id):
    found = losing(program).control_gains(blocks=(7,)).analysis()
    assert [Verdict.INCONCLUSIVE] == [finding.verdict for finding in found.findings]
    kept = keeping(program, by_id).control_gains(blocks=(7,)).analysis()
    assert (Verdict.LEAK, 7) == (kept.verdict, kept.control.blocks)


def test_nobody_is_accused_by_lines_without_a_confirming_round_of_the_second_plan(program):
    # Only what the lines gained is left out of the last round; the first plan has its confirming round.
    found = program(again=True, confirming=None).allocates(LOST, RUN, blocks=ONE[:3], size=1000).reached(*LOST[:2], 0)
    assert [] == list(found.analysis().findings)


def test_a_first_plan_without_growth_and_no_second_one_was_not_traced(program, by_id):
    found = program(traced=False).keeps(by_id, "app.Item", *ONE).analysis()
    assert ("nothing", (), found.rounds) == (found.method.traced, found.traced_rounds, found.line_rounds)


def test_every_format_tells_the_rounds_of_what_only_lines_show(program):
    found = Report(losing(program).analysis())
    text = found.render("text")
    head = next(line for line in text.splitlines() if line.startswith("traced round"))
    assert "blocks" in head
    first = next(line for line in text.splitlines() if line.startswith("round "))
    assert "blocks" not in first
    page = found.render("html")
    assert 1 == page.count("What each round of the second, traced plan left behind")
    assert '"traced_rounds"' in found.render("json")
