"""The page: one HTML file that needs nothing else, also without its style and its script.

Everything in an analysis may have been chosen by somebody else: a class can be named
`</script><img src=x onerror=alert(1)>`. Text goes through Jinja's autoescape; the only markup that does not
is made here (SVG by svg.py, source by Pygments, JSON by `inert`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from snapdiff.analysis.model import Analysis, Excerpt, Finding, Round, Verdict
from snapdiff.analysis.sweepsentences import measure_words
from snapdiff.analysis.volume import Sweep
from snapdiff.report import graphs, words
from snapdiff.report.chain import chain_text
from snapdiff.report.charts import growth_chart, memory_chart
from snapdiff.report.cures import cure
from snapdiff.report.cut import PageAnalysis, cut_for_page
from snapdiff.report.evidence import TERMS, how_snapshots, main_finding, read_rounds, read_traced_rounds, remarks, since
from snapdiff.report.gains import all_calls, came, counted, extra_calls, gained, held, left_behind, per_call, rounds_of
from snapdiff.report.json_format import document
from snapdiff.report.ledger import ledger_view, share
from snapdiff.report.limits import OPEN_CAUSES, PAGE, PAGE_BYTES, TIGHT_PAGE, TOP_CAUSES
from snapdiff.report.rules import RULES
from snapdiff.report.source import source_lines
from snapdiff.report.sweep import MEANINGS, SIZE_HEADS, law_rows, size_cells
from snapdiff.report.sweepcharts import volume_chart

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_TEMPLATES: Final = "snapdiff.templates"

#: What would end the data element, or a line of JavaScript, from inside a JSON string.
_INERT: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@dataclass(frozen=True)
class Card:
    """A finding, with what the page draws of it."""

    number: int
    finding: Finding
    rounds: tuple[Round, ...]
    """The rounds that the finding's growth follows."""
    chain: str
    path_picture: Markup | None
    graph_picture: Markup | None
    graph_listing: str
    excerpts: tuple[tuple[str, Excerpt], ...]
    """What happens in the focused line (`Grown at`), and the lines around it."""
    cure: str
    since: str | None
    """From which round on it grew in every one."""


def render_html(analysis: Analysis) -> str:
    """Return the page. It stays below a megabyte; what was cut for that is said on it."""
    page = _render(analysis, cut_for_page(analysis, PAGE))
    if len(page.encode("utf-8")) > PAGE_BYTES:
        page = _render(analysis, cut_for_page(analysis, TIGHT_PAGE))
    return page


def _render(whole: Analysis, page: PageAnalysis) -> str:
    analysis = page.analysis
    causes = [finding for finding in analysis.findings if finding.verdict in words.CAUSES]
    cards = [card(number, finding, rounds_of(analysis, finding)) for number, finding in enumerate(causes, 1)]
    watched = rounds_of(analysis, main_finding(analysis))
    memory = ledger_view(analysis, "ledger-chart")
    return fill(
        environment(),
        "page.html",
        document(analysis, page.said),
        analysis=analysis,
        word=words.VERDICT_WORDS[analysis.verdict],
        meaning=_meaning(analysis),
        sweep=_sweep(analysis.sweep),
        main=main_finding(analysis),
        cards=cards,
        open_causes=OPEN_CAUSES,
        top_causes=TOP_CAUSES,
        suppressed=[
            (row, len(full.fingerprints)) for row, full in zip(analysis.suppressed, whole.suppressed, strict=False)
        ],
        accepted=sum(len(row.fingerprints) for row in whole.suppressed),
        all_calls=all_calls(watched),
        extra_calls=extra_calls(watched),
        remarks=remarks(analysis),
        harmless=[finding for finding in analysis.findings if finding.verdict not in words.CAUSES],
        readings=read_rounds(analysis),
        traced_readings=read_traced_rounds(analysis),
        traced_calls=all_calls(analysis.traced_rounds),
        terms=TERMS,
        left_behind=left_behind(analysis.rounds),
        compared=[each for each in cards if not each.finding.traced] if len(cards) > 1 else [],
        recorded=recorded(analysis),
        growth_picture=_picture(growth_chart(whole, "growth-chart")),
        memory_picture=_picture(memory_chart(whole, "memory-chart")),
        memory=memory,
        ledger_picture=_picture(memory.picture),
        failed=[row for row in analysis.audit if not row.passed],
        more_types=page.more_types,
        more_lines=page.more_lines,
        said=page.said,
        command=shlex.join(analysis.method.command),
        snapshots=how_snapshots(analysis.method),
    )


def fill(environment: Environment, template: str, data: dict[str, Any], **values: Any) -> str:
    """Return a page: a template with its own style and script, the policy for no others, and `data` for machines."""
    style, script = _asset("page.css"), _asset("page.js")
    return words.visible(
        environment.get_template(template).render(
            style=trusted(style), script=trusted(script), policy=_policy(style, script), data=trusted(_inert(data)),
            **values,
        )
    )  # fmt: skip


def recorded(analysis: Analysis) -> str:
    """Say when and by what version a recording was made; empty where it does not say."""
    by = dict(analysis.environment).get("snapdiff")
    parts = [words.moment(analysis.method.started), f"by snapdiff {words.shorten(by, 24)}" if by else ""]
    return " ".join(part for part in parts if part)


def _meaning(analysis: Analysis) -> str:
    """Say what the verdict means: a sweep judges something else than rounds."""
    if analysis.sweep is not None and analysis.verdict in MEANINGS:
        return MEANINGS[analysis.verdict]
    return words.VERDICT_MEANINGS[analysis.verdict]


def _sweep(sweep: Sweep | None) -> dict[str, Any] | None:
    """Return what the section on growth with volume shows, None where there was no sweep."""
    if sweep is None:
        return None
    drawn = [
        (growth, _picture(volume_chart(growth, sweep.parameter, f"volume{number}")))
        for number, growth in enumerate(sweep.growths, 1)
        if growth.measure != "processor time"
    ]
    return {
        "parameter": sweep.parameter,
        "at": sweep.at,
        "laws": law_rows(sweep),
        "heads": SIZE_HEADS,
        "sizes": [(row.size, size_cells(row)) for row in sweep.rows],
        "pictures": [(measure_words(growth), picture) for growth, picture in drawn if picture is not None],
        "remarks": sweep.remarks,
        "sampled": sweep.sampled,
    }


def card(number: int, finding: Finding, rounds: tuple[Round, ...]) -> Card:
    """Return a finding with its pictures, chain and cure."""
    name = finding.type or finding.domain
    path = finding.path_graph or graphs.chain_graph(finding)
    drawn = None
    if path is not None:
        drawn = graphs.draw(path, f"path{number}", f"The way to what grows: {name}", prefer_sideways=True)
    back = None
    if finding.graph is not None:
        back = graphs.draw(finding.graph, f"graph{number}", f"What refers to one {name}")
    return Card(
        number=number,
        finding=finding,
        rounds=rounds,
        chain=chain_text(finding),
        path_picture=_picture(drawn),
        graph_picture=_picture(back),
        graph_listing="" if finding.graph is None or back is not None else graphs.listing(finding.graph),
        excerpts=tuple((_happens(finding, excerpt), excerpt) for excerpt in finding.excerpts),
        cure=cure(finding),
        since=since(finding, rounds),
    )


def _happens(finding: Finding, excerpt: Excerpt) -> str:
    """Say what the line in focus does: `Grown at`, `Born at`, or both."""
    place = (excerpt.file, excerpt.focus)
    grown = place in {(row.frame.file, row.frame.line) for row in finding.grown_at}
    born = place in {(row.frame.file, row.frame.line) for row in finding.born_at}
    return "Born and grown at" if grown and born else "Grown at" if grown else "Born at" if born else ""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the Jinja environment with the words that the templates use as filters."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    made = Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "birth": words.birth,
        "breakable": _breakable,
        "came": came,
        "calls": words.calls,
        "count": words.count,
        "counted": counted,
        "duration": words.duration,
        "headline": _headline,
        "held": held,
        "per_call": per_call,
        "of_what": words.of_what,
        "percent": words.percent,
        "place": words.place,
        "place_in": words.place_in,
        "rate": words.rate,
        "share": share,
        "shorten": words.shorten,
        "signed": words.signed,
        "signed_rate": words.signed_rate,
        "signed_size": words.signed_size,
        "size": words.size,
        "source_lines": source_lines,
        "ticked": _ticked,
    }
    made.filters.update(filters)
    made.globals.update(
        gained=gained,
        DOMAIN=words.DOMAIN_WORDS,
        LAW=words.LAW_WORDS,
        REDACTION=words.REDACTION,
        VERDICT=words.VERDICT_WORDS,
        MEANING=words.VERDICT_MEANINGS,
        RULES=RULES,
        CLEAN=Verdict.CLEAN,
    )
    return made


@lru_cache(maxsize=32)
def _asset(name: str) -> str:
    """Return the text of a file in templates/."""
    return files(_TEMPLATES).joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return the page's own content security policy: this one style, this one script, nothing else."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _inert(data: dict[str, Any]) -> str:
    """Return `data` as JSON that cannot end its element: markup characters as JSON escapes."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).translate(_INERT)


def _ticked(sentence: str) -> Markup:
    """Return a sentence with what stands between backticks as code.

    The backticks stay in the text, where copying into a ticket finds them; the style hides them.
    """
    from markupsafe import Markup

    tick = Markup('<span class="backtick">`</span>')
    plain, *rest = sentence.split("`")
    parts = [Markup.escape(plain)]
    for index, piece in enumerate(rest):
        if index % 2 == 1:
            parts.append(Markup.escape(piece))
        elif index == len(rest) - 1:  # a backtick without its partner is only a backtick
            parts.append(Markup.escape(f"`{piece}"))
        else:
            parts.append(Markup("<code>{0}{1}{0}</code>").format(tick, piece))
    return Markup("").join(parts)


def _headline(sentence: str) -> Markup:
    """Return a sentence with all that follows its first clause set smaller: the first one is what happened."""
    from markupsafe import Markup

    head, mark, rest = sentence.partition("; ")
    if not mark or head.count("`") % 2:  # the mark is part of a name
        return _ticked(sentence)
    return Markup('{}<span class="rest">{}</span>').format(_ticked(head), _ticked(mark + rest))


def _breakable(name: str) -> Markup:
    """Return a name with places to break a line, where a column is narrow: before the dots of a type, in a path after
    each slash.
    """
    from markupsafe import Markup

    places = r"(?<=/)(?=[^/])" if "/" in name else r"(?<=\w)(?=\.[^:]*$)"
    return Markup("").join(
        Markup.escape(part) if at == 0 else Markup("<wbr>{}").format(part)
        for at, part in enumerate(re.split(places, name))
    )


def _picture(svg: str | None) -> Markup | None:
    return None if svg is None else trusted(svg)


def trusted(markup: str) -> Markup:
    """Mark as markup what this package made itself; see the three cases in the module's docstring."""
    from markupsafe import Markup

    return Markup(markup)  # noqa: S704
