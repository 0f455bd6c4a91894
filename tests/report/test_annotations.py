"""Workflow commands of GitHub Actions: one a finding, and none that a name makes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from snapdiff.analysis.model import Frame, Verdict
from snapdiff.report.annotations import command, log_line, render_annotations


def test_a_leak_is_an_error_at_the_line_where_it_grows(build):
    assert (
        "::error file=app/cart.py,line=42,title=Leak 3f9c1a7be204::"
        "Leak: `Cart.by_id` gains 1 `Item` per call (144 B), held by `module app`."
    ) == render_annotations(build.leaking()).splitlines()[0]


def test_what_is_no_leak_is_no_annotation(build):
    assert "" == render_annotations(build.clean())


def test_inconclusive_and_incomplete_are_warnings(build):
    finding = build.finding(verdict=Verdict.INCONCLUSIVE, born_at=(), grown_at=(), doubt="the rate falls")
    told = render_annotations(replace(build.clean(), findings=(finding,)))
    assert told.startswith("::warning title=Inconclusive ")
    assert told.endswith(" Why: the rate falls.\n")
    assert render_annotations(build.incomplete()).startswith("::warning title=snapdiff::Inconclusive: ")


def test_no_more_than_github_shows(build):
    assert 10 == len(render_annotations(build.huge()).splitlines())


@pytest.mark.parametrize(
    "name",
    [
        "x\n::stop-commands::pause",
        "x\r\n::add-mask::e",
        "a::error::b",
        "a,line=1::b",
        "100%0A::b",
        "##[add-path]/tmp",
        "\x1b[31m",
    ],
)
def test_no_name_ends_a_command_or_begins_one(build, name):
    analysis = build.with_texts(build.leaking(), lambda text: name)
    lines = render_annotations(analysis).split("\n")
    assert 3 == len(lines)
    for line in lines[:-1]:
        head, _, data = line.removeprefix("::error ").partition("::")
        assert ["file", "line", "title"] == [part.partition("=")[0] for part in head.split(",")]
        assert "%0A" not in data.replace("%25", "")
        assert "##[" not in line
        assert "\x1b" not in line


def test_parts_are_escaped_as_the_runner_reads_them():
    assert "::error file=a%3Ab%2Cc.py,line=1,title=50%25::50%25: a, b" == command(
        "error", "50%", "50%: a, b", Frame("a:b,c.py", 0, None)
    )


@pytest.mark.parametrize("text", ["::add-mask::e", "x ##[group]y", "x\n::error::y", "\x1b[31m::x"])
def test_a_line_of_the_log_has_no_command_in_it(text):
    line = log_line(text)
    assert not line.lstrip().startswith("::")
    assert "##[" not in line
    assert 1 == len(line.splitlines())
