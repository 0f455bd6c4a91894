"""What the documents point to is there, and each claim beside the peers has its test."""

import ast
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "DESIGN.md", "CONTRIBUTING.md")


def tokens_of(text):
    """The document in order, as a reader of Markdown takes it: what looks like a link inside code is none."""
    return MarkdownIt("commonmark").enable("table").parse(text)


def links_of(tokens):
    """(address, title) of each link."""
    inside = [child for token in tokens for child in token.children or ()]
    return [(each.attrGet("href"), each.attrGet("title")) for each in inside if each.type == "link_open"]


def relative(links):
    """(path in the repository, title) of those links that lead to no other place."""
    parts = [(urlsplit(address), title) for address, title in links]
    return [(unquote(at.path), title) for at, title in parts if not at.scheme and not at.netloc and at.path]


def section(tokens, heading):
    """The tokens between a heading of the second level and the next one."""
    starts = [at for at, token in enumerate(tokens) if (token.type, token.tag) == ("heading_open", "h2")]
    for start, end in pairwise([*starts, len(tokens)]):
        if tokens[start + 1].content == heading:
            return tokens[start:end]
    raise LookupError(heading)


def names_of_tests(path):
    """The names of the test functions at the top of a file."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {each.name for each in body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}


def named_in_vain(links, root=ROOT):
    """Those links to a test whose file is missing, or has no test of the name in their title."""
    return [
        (path, name)
        for path, name in links
        if not (root / path).is_file() or not name.startswith("test_") or name not in names_of_tests(root / path)
    ]


def unlinked(inline):
    """The words of a cell that belong to no link, without the commas between links."""
    depth, words = 0, ""
    for child in inline.children:
        depth += child.nesting if child.type.startswith("link_") else 0
        words += "" if depth else child.content
    return words.replace(",", "").strip()


def own_cells(tokens):
    """(row, words that belong to no link, links) of the second column of each table: what is said of snapdiff."""
    column, row = 0, ""
    for at, token in enumerate(tokens):
        if token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            column += 1
            inline = tokens[at + 1]
            if column == 1:
                row = inline.content
            elif column == 2:
                yield row, unlinked(inline), links_of([inline])


def without_proof(cells):
    """Rows that claim something without a link to a test: "–" claims nothing, and needs none."""
    return [
        row
        for row, words, links in cells
        if (words != "–" if not links else words or any(title is None for _, title in links))
    ]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_points_to_is_there(name):
    links = relative(links_of(tokens_of((ROOT / name).read_text(encoding="utf-8"))))
    assert [] == [path for path, _ in links if not (ROOT / path).exists()]


def test_a_link_with_a_title_leads_to_the_test_of_that_name():
    links = relative(links_of(tokens_of((ROOT / "README.md").read_text(encoding="utf-8"))))
    assert [] == named_in_vain([(path, title) for path, title in links if title is not None])


def test_what_is_said_of_snapdiff_beside_its_peers_has_a_test():
    cells = list(own_cells(section(tokens_of((ROOT / "README.md").read_text(encoding="utf-8")), "Beside its peers")))
    assert 50 < len(cells)
    assert [] == without_proof(cells)


def test_a_link_to_a_test_that_is_not_there_is_noticed(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_one():\n    pass\n\n\ndef helper():\n    pass\n", encoding="utf-8")
    text = (
        '[yes](test_it.py "test_one") [no](test_it.py "test_two") [no](gone.py "test_one") [no](test_it.py "helper")\n'
        '`[code](gone.py "test_three")` [elsewhere](https://example.org/x) [here](#below)\n'
    )
    assert [("test_it.py", "test_two"), ("gone.py", "test_one"), ("test_it.py", "helper")] == named_in_vain(
        relative(links_of(tokens_of(text))), tmp_path
    )


def test_a_claim_without_a_test_is_noticed():
    text = (
        "## Here\n\n|  | ours | theirs |\n| --- | --- | --- |\n| lacking | – | yes |\n| bare | yes | yes |\n"
        '| proved | [yes](t.py "test_it"), [twice](t.py "test_it") | – |\n| untitled | [yes](t.py) | – |\n'
        '| half | [yes](t.py "test_it"), and more | – |\n\n## There\n\n| a | b |\n| --- | --- |\n| other | yes |\n'
    )
    assert ["bare", "untitled", "half"] == without_proof(own_cells(section(tokens_of(text), "Here")))
