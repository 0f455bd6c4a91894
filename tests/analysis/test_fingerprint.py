"""A cause keeps its name in the next build, and other causes have other names."""

from __future__ import annotations

import re

from snapdiff.analysis.causes import fingerprint
from snapdiff.analysis.model import BornAt, ChainNode, Frame

CHAIN = (ChainNode("module app", "module"), ChainNode(".Cart", "type"), ChainNode(".by_id", "dict"))


def born(file="app/cart.py", line=41, function="add"):
    return (BornAt(Frame(file, line, function), 1.0, 464, 464, ()),)


def test_a_fingerprint_is_twelve_hexadecimal_digits():
    assert re.fullmatch(r"[0-9a-f]{12}", fingerprint("app.Item", CHAIN, born()))


def test_it_does_not_change_with_the_line_numbers():
    assert fingerprint("app.Item", (), born(line=41)) == fingerprint("app.Item", (), born(line=42))
    assert fingerprint("app.Item", CHAIN, born(line=41)) == fingerprint("app.Item", CHAIN, born(line=42))


def test_it_does_not_change_with_digits_in_names():
    def numbered(number):
        return (ChainNode(f"frame of work_{number}", "frame"), ChainNode(f"[{number}]", f"app.Row{number}"))

    assert fingerprint("app.Item", numbered(7), ()) == fingerprint("app.Item", numbered(1234), ())
    assert fingerprint("app.Item1", CHAIN, ()) == fingerprint("app.Item20", CHAIN, ())


def test_it_depends_on_the_type():
    assert fingerprint("app.Item", CHAIN, ()) != fingerprint("app.Other", CHAIN, ())


def test_it_depends_on_every_step_of_the_chain():
    base = fingerprint("app.Item", CHAIN, ())
    for at in range(len(CHAIN)):
        for changed in (ChainNode("other", CHAIN[at].type), ChainNode(CHAIN[at].label, "other")):
            assert base != fingerprint("app.Item", (*CHAIN[:at], changed, *CHAIN[at + 1 :]), ())
    assert base != fingerprint("app.Item", CHAIN[:-1], ())


def test_labels_cannot_be_moved_into_types():
    one = (ChainNode("a|b", "c"),)
    other = (ChainNode("a", "b|c"),)
    assert fingerprint("app.Item", one, ()) != fingerprint("app.Item", other, ())


def test_with_a_chain_the_place_of_birth_does_not_matter():
    assert fingerprint("app.Item", CHAIN, born("a.py")) == fingerprint("app.Item", CHAIN, born("b.py"))


def test_without_a_chain_the_place_of_birth_is_the_name():
    base = fingerprint(None, (), born())
    assert base != fingerprint(None, (), born(file="app/other.py"))
    assert base != fingerprint(None, (), born(function="remove"))


def test_a_finding_keeps_its_fingerprint_when_only_rounds_sizes_and_lines_differ(program):
    def named(line, size, confirming):
        found = (
            program(confirming=confirming)
            .grows("app.Item", 1, 10, 151, confirming, size=size)
            .survivors("app.Item")
            .held("app.Item", "module app → Cart.by_id", entries=162 + confirming)
            .born("app.Item", ("app/cart.py", line, "add"))
        )
        return found.analysis().findings[0].fingerprint

    assert named(41, 144, 302) == named(57, 200, 500)
