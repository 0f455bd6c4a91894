"""Every page in a real Chromium, asked by axe-core in each look of it; see `violations` in tests/conftest.py."""

from __future__ import annotations

import pytest

from snapdiff.report import render

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["leaking", "comparison", "trend"])
def test_axe_finds_nothing_in_any_look(build, course, page_of, violations, name):
    html = page_of(course if name == "trend" else getattr(build, name)())
    assert {} == {look: found for look in ("light", "dark", "narrow") if (found := violations(html, look))}


@pytest.mark.parametrize(
    ("name", "look"),
    [("leaking", "print"), ("hostile", "narrow"), ("clean", "light"), ("incomplete", "light"), ("same", "light")],
)
def test_axe_finds_nothing_in_print_in_hostile_names_and_where_sections_are_missing(
    build, page_of, violations, name, look
):
    assert [] == violations(page_of(getattr(build, name)()), look)


def test_axe_is_really_asked(build, violations):
    html = render(build.clean(), "html").replace('<html lang="en">', "<html>").replace("<main>", "<main><img>")
    assert ["html-has-lang", "image-alt"] == sorted(rule for rule, *_ in violations(html, "light"))
