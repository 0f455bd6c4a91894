"""A cause keeps its name in the next build, and other causes have other names."""

from __future__ import annotations

import re

import pytest

from snapdiff.analysis.model import BornAt, ChainNode, Frame
from snapdiff.analysis.naming import fingerprint

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


def test_it_depends_on_every_step_from_the_last_stable_one_on():
    chain = (*CHAIN, ChainNode("{value}", "app.Shelf"), ChainNode(".items", "list"))
    base = fingerprint("app.Item", chain, ())
    for at in range(1, len(chain)):
        for changed in (ChainNode("other", chain[at].type), ChainNode(chain[at].label, "other")):
            assert base != fingerprint("app.Item", (*chain[:at], changed, *chain[at + 1 :]), ()), at
        assert base != fingerprint("app.Item", chain[:at], ())


def test_the_way_to_the_last_stable_step_does_not_matter():
    other = (ChainNode("module shop", "module"), ChainNode("→ imported name", "dict"), *CHAIN[1:])
    assert fingerprint("app.Item", CHAIN, ()) == fingerprint("app.Item", other, ())
    module = (ChainNode("module app", "module"), ChainNode(".by_id", "dict"))
    assert fingerprint("app.Item", module, ()) != fingerprint(
        "app.Item", (ChainNode("module b", "module"), *module[1:]), ()
    )


def test_a_chain_without_a_stable_step_counts_from_its_root():
    def chain(root):
        return (ChainNode(root, "frame"), ChainNode("→ local variable items", "list"))

    assert fingerprint("app.Item", chain("frame of serve"), ()) != fingerprint("app.Item", chain("frame of work"), ())


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


@pytest.fixture
def named(program):
    """The fingerprint of the only finding of a program that keeps items somewhere."""

    def make(
        container=("module app:module", ".Cart:type", ".by_id:dict"), *, line=41, size=144, confirming=302, **more
    ):
        found = program(confirming=confirming).keeps(container, "app.Item", 1, 10, 151, confirming, size=size, **more)
        (finding,) = found.born("app.Item", ("app/cart.py", line, "add")).analysis().findings
        return finding.fingerprint

    return make


def test_a_finding_keeps_its_fingerprint_when_only_rounds_sizes_and_lines_differ(named):
    assert named(line=41, size=144, confirming=302) == named(line=57, size=200, confirming=500)


def test_a_finding_keeps_its_fingerprint_when_more_is_known_about_its_container(named):
    assert named() == named(entries=7, share=1000, alone=10)


def test_a_finding_keeps_its_fingerprint_when_digits_in_its_path_differ(named):
    numbered = [("module app:module", f".worker_{n}:dict", f"{{shard{n}}}:list") for n in (1, 22)]
    assert named(numbered[0]) == named(numbered[1])


@pytest.mark.parametrize(
    "other",
    [
        ("module app:module", ".Cart:type", ".by_name:dict"), ("module app:module", ".Cart:type", ".by_id:list"),
        ("module app:module", ".Shop:type", ".by_id:dict"), ("module app:module", ".by_id:dict"),
    ],
)  # fmt: skip
def test_another_container_is_another_cause(named, other):
    assert named() != named(other)


def test_a_line_of_lost_memory_keeps_its_fingerprint_when_it_moves(program):
    def lost(line, function="encode"):
        place = ("app/native.py", line, function)
        found = program().allocates(place, blocks=(1, 10, 151, 302), size=1000).reached(*place[:2], 0)
        return found.analysis().findings[0].fingerprint

    assert lost(8) == lost(9)
    assert lost(8) != lost(8, "decode")
