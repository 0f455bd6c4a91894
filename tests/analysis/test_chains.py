"""Chains as they are read: every step has words."""

from __future__ import annotations

import pytest

from snapdiff.analysis.chains import path_of, with_words
from snapdiff.analysis.model import ChainNode

SHIM = (ChainNode("module app", "module"), ChainNode(".shim", "lib._Shim"), ChainNode("→", "module"))
DEFAULTS = (*SHIM, ChainNode(".join", "cython.fused"), ChainNode("→", "join.__pyx_defaults"), ChainNode("→", "type"))


def test_a_step_without_a_name_is_told_by_its_type():
    expected = ["module app", ".shim", "→ module", ".join", "→ __pyx_defaults", "→ type"]
    assert expected == [node.label for node in with_words(DEFAULTS)]


@pytest.mark.parametrize(
    ("chain", "path"),
    [
        (SHIM, "module app → shim → module"),
        (DEFAULTS, "module app → shim → module.join → __pyx_defaults → type"),
        ((ChainNode("module app", "module"), ChainNode("→", "list")), "module app → list"),
    ],
)
def test_no_path_has_an_empty_step(chain, path):
    assert path == path_of(chain, "module app → shim →  → ")


def test_a_path_whose_steps_have_words_is_as_it_was_recorded():
    chain = (ChainNode("module app", "module"), ChainNode("→ closure of f", "tuple"))
    assert "as it was" == path_of(chain, "as it was")
    assert chain == with_words(chain)


def test_a_finding_has_no_empty_step_and_the_fingerprint_it_had(program):
    steps = ("module app:module", ".pool:app.Pool", " → :list")
    found = program().keeps(steps, "app.Item", 1, 10, 151, 302).analysis().findings[0]
    assert ("module app → pool → list", "→ list") == (found.container.path, found.chain[-1].label)
    assert all(edge.label != "→" for edge in found.path_graph.edges)
