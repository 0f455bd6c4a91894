"""Growth that is the test tools': kept by pytest's own objects, or recorded by a mock.

The rule: the chain that keeps the survivors alive passes through an object of a type that pytest, one of its plugins or
`unittest.mock` defines. What the program keeps too, on another way, is a finding of its own and stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snapdiff.analysis.model import Finding

_PYTEST = ("_pytest.", "pytest.", "pytest_", "pluggy.", "xdist.", "_hypothesis_")
_MOCKS = ("unittest.mock.", "mock.mock.")


def is_of_a_tool(kind: str) -> bool:
    """Say whether a type, by its full name, is pytest's, a plugin's or a mock."""
    return kind.startswith((*_PYTEST, *_MOCKS))


def held_by(finding: Finding) -> str | None:
    """Return who keeps a finding's survivors, where that is a test tool: `pytest`, or `a mock`."""
    if any(node.type.startswith(_MOCKS) for node in finding.chain):
        return "a mock"
    for node in finding.chain:
        label = node.label.removeprefix("module ")
        if node.type.startswith(_PYTEST) or label in ("_pytest", "pytest") or label.startswith(_PYTEST):
            return "pytest"
    return None
