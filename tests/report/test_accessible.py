"""Every page in a real Chromium, asked by axe-core in each look of it; see `violations` in tests/conftest.py."""

from __future__ import annotations

import pytest

from snapdiff.analysis import Analysis
from snapdiff.analysis.trend import Trend, trend
from snapdiff.report import render
from snapdiff.report.comparison import render_comparison
from snapdiff.report.trend import render_trend

pytestmark = pytest.mark.browser


def page_of(it):
    if isinstance(it, Analysis):
        return render(it, "html")
    return render_trend(it, "html") if isinstance(it, Trend) else render_comparison(it, "html")


@pytest.fixture
def course(past):
    """Clean, then leaking, then leaking twice as much, with a ticket."""
    note = past.note(ticket="https://t.example/1", fixed_in="4.2.1")
    return trend([past.run(1), past.run(2, past.finding()), past.run(3, past.finding(rate=2.0))], [note], 10)


@pytest.mark.parametrize("look", ["light", "dark", "narrow"])
@pytest.mark.parametrize("name", ["leaking", "comparison", "trend"])
def test_axe_finds_nothing_in_any_look(build, course, violations, name, look):
    it = course if name == "trend" else getattr(build, name)()
    assert [] == violations(page_of(it), look)


@pytest.mark.parametrize(
    ("name", "look"),
    [("leaking", "print"), ("hostile", "narrow"), ("clean", "light"), ("incomplete", "light"), ("same", "light")],
)
def test_axe_finds_nothing_in_print_in_hostile_names_and_where_sections_are_missing(build, violations, name, look):
    assert [] == violations(page_of(getattr(build, name)()), look)


def test_axe_is_really_asked(build, violations):
    html = render(build.clean(), "html").replace('<html lang="en">', "<html>").replace("<main>", "<main><img>")
    assert ["html-has-lang", "image-alt"] == sorted(rule for rule, *_ in violations(html, "light"))
