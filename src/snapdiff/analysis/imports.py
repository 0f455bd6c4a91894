"""Modules that are imported late: one finding, with all that their import fills.

A program that imports a library in its 300th call fills `sys.modules`, the import system's caches, registries of
`typing`, and namespaces that were there before, all in one round: ten findings for one thing, none of which said it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace

from snapdiff.analysis.grouping import with_sentence
from snapdiff.analysis.model import SEVERITY, Finding, Verdict
from snapdiff.analysis.sentences import holds_modules, only_last, some_of

#: Paths that are named; the rest is counted.
_MOST_NAMED = 5
_LAST = "no round came after it that could show whether more are imported: give it more calls with --rounds"
_UNACCUSED = (Verdict.INCONCLUSIVE, Verdict.SATURATING)


def with_imports(findings: list[Finding], is_package: Callable[[str], bool]) -> list[Finding]:
    """Put what grew in libraries in the rounds alone that imported modules, and is no leak, with these modules.

    `is_package` says of a dotted name whether it is of an installed package. What grows in the program's own modules is
    never put away: it may be a leak that began in the same round.
    """
    imported = next((each for each in findings if holds_modules(each) and each.verdict in _UNACCUSED), None)
    if imported is None:
        return findings
    came = [each for each in findings if each is not imported and _came_with(each, imported, is_package)]
    rest = [each for each in findings if each is not imported and each not in came]
    reasons = [f"with them grew, in no other rounds, {_named(came)}"] if came else []
    doubt = _LAST if imported.verdict is Verdict.INCONCLUSIVE and only_last(imported) else imported.doubt
    told = replace(imported, reasons=(*imported.reasons, *reasons), doubt=doubt)
    return [with_sentence(told), *rest]


def _came_with(finding: Finding, imported: Finding, is_package: Callable[[str], bool]) -> bool:
    """Say whether a finding is a library's, no graver, and did not grow in any round that imported nothing."""
    if finding.verdict not in _UNACCUSED or SEVERITY.index(finding.verdict) < SEVERITY.index(imported.verdict):
        return False
    if finding.container is None or finding.domain != "python" or not _is_librarys(finding, is_package):
        return False
    return all(modules > 0 or not gained for gained, modules in zip(finding.growth, imported.growth, strict=False))


def _is_librarys(finding: Finding, is_package: Callable[[str], bool]) -> bool:
    root = finding.chain[0].label if finding.chain else ""
    name = root.removeprefix("module ")
    return name != root and (name.partition(".")[0] in sys.stdlib_module_names or is_package(f"{name}."))


def _named(findings: Iterable[Finding]) -> str:
    return some_of([f"`{each.container.path}`" for each in findings if each.container is not None], _MOST_NAMED)
