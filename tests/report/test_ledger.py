"""What the page, and JSON, say of resident memory."""

from __future__ import annotations

import json
from dataclasses import replace

from snapdiff.analysis.model import GivenBack, Ledger, LedgerKind
from snapdiff.report import render
from snapdiff.report.ledger import ledger_sentences, ledger_view, peak_sentences, share

MIB = 1024 * 1024


def part(owner, *mebibytes, kind=LedgerKind.PART):
    return Ledger(owner, owner, kind, tuple(int(each * MIB) for each in mebibytes), "somebody said so")


def holding(build, *rows):
    return replace(build.clean(), ledger=rows)


def test_the_sentence_names_who_holds_most_and_the_rest_last(build):
    held = (
        part("resident", 100, 100, 100, 200, kind=LedgerKind.TOTAL),
        part("python.small", 10, 10, 10, 60),
        part("python.large", 10, 10, 10, 40),
        part("malloc.kept", 30, 30, 30, 50),
        part("mimalloc.kept", 20, 20, 20, 20),
        part("unexplained", 30, 30, 30, 30),
    )
    assert (
        "Resident memory 200.0 MiB at the last checkpoint: Python objects 100.0 MiB (50 %), kept for reuse 70.0 MiB "
        "(35 %), unexplained 15 %.",
        "Since the first checkpoint it grew by 100.0 MiB: Python objects +80.0 MiB, kept for reuse +20.0 MiB.",
    ) == ledger_sentences(holding(build, *held))


def test_memory_that_shrank_is_said_to_have_shrunk(build):
    rows = (part("resident", 100, 100, 100, 60, kind=LedgerKind.TOTAL), part("files", 100, 100, 100, 60))
    assert (
        "Since the first checkpoint it shrank by 40.0 MiB: mapped files −40.0 MiB."
        == ledger_sentences(holding(build, *rows))[1]
    )


def test_a_part_of_less_than_one_percent_is_not_nothing():
    assert ["50 %", "1 %", "0.3 %", "under 0.1 %", "0 %", "–"] == [
        share(500, 1000), share(10, 1000), share(3, 1000), share(1, 10_000), share(0, 1000), share(5, 0)
    ]  # fmt: skip


def test_the_table_has_a_column_for_each_checkpoint_and_ends_with_all_of_it(build):
    text = render(build.leaking(), "html")
    assert 'Part</th><th scope="col" align="left">Known from' in text
    assert all(f">{head}</th>" in text for head in ("start", "1 call", "11 calls", "162 calls", "464 calls"))
    assert '<tfoot><tr><th scope="row" align="left">resident memory</th>' in text


def test_what_owners_say_of_themselves_is_apart(build):
    view = ledger_view(build.leaking(), "m")
    assert ["python.small", "files", "malloc.kept", "unexplained"] == [row.owner for row in view.parts]
    assert ["sqlite", "torch.cuda"] == [row.owner for row in view.told]
    assert "but for a graphics card" in render(build.leaking(), "html")


def test_the_picture_has_a_column_a_checkpoint_and_names_its_layers(build):
    picture = ledger_view(build.leaking(), "m").picture
    assert all(f">{name}</text>" in picture for name in ("mapped files", "Python objects", "unexplained", "464 calls"))
    assert 'id="m-title"' in picture


def test_rounds_that_took_much_and_gave_it_back_are_named(build):
    assert (
        "Round 2 (10 calls) rose to 2.9 GiB and gave 2.9 GiB of it back before its end.",
        "Round 4 (302 calls) rose to at least 90.0 MiB and gave 38.0 MiB of it back before its end.",
    ) == peak_sentences(build.leaking())


def test_what_came_back_is_told_from_what_is_held(build):
    found = build.leaking()
    assert (
        "Asked to give memory back after the last checkpoint, it gave back 18.0 MiB of 52.0 MiB (35 %): that was kept "
        "for reuse. The other 34.0 MiB are held. Tried: gc.collect(), malloc_trim(0)."
    ) == ledger_view(found, "m").given_back_sentence
    nothing = replace(found, given_back=(GivenBack("malloc_trim(0)", MIB, MIB, 0.1),))
    assert "it gave back nothing: all of it is held." in ledger_view(nothing, "m").given_back_sentence


def test_without_owners_the_page_says_that_nobody_was_asked(build):
    bare = replace(build.leaking(), ledger=(), peaks=(), given_back=())
    text = render(bare, "html")
    assert "This recording does not say who holds the resident memory" in text
    assert "Given back when asked" not in text
    assert "Within the rounds" not in text
    assert () == ledger_sentences(bare)


def test_json_has_the_parts_the_peaks_and_the_steps(build):
    data = json.loads(render(build.leaking(), "json"))
    assert {"total", "part", "within", "beside"} == {row["kind"] for row in data["ledger"]}
    assert [True, True, False, False] == [row["exact"] for row in data["peaks"]]
    assert ["gc.collect()", "malloc_trim(0)"] == [row["action"] for row in data["given_back"]]


def test_the_plain_text_says_who_holds_the_memory(build):
    text = " ".join(render(build.leaking(), "text").split())
    assert "Resident memory 52.0 MiB at the last checkpoint: mapped files 21.0 MiB (40 %)" in text
    assert "Round 2 (10 calls) rose to 2.9 GiB" in text


# -- traced memory by domain ------------------------------------------------------------------------------


def table_of(page, caption):
    """The text of a table's rows, of the one whose caption has these words."""
    return next(part.partition("</table>")[0] for part in page.split("<table")[1:] if caption in part)


def test_traced_memory_is_told_by_domain_apart_from_the_lines_that_add_up(build):
    page = render(build.leaking(), "html")
    table = table_of(page, "by tracemalloc’s domain")
    assert all(f">{text}</th>" in table for text in ("Python’s own allocators", "NumPy’s array data", "all traced"))
    assert ">929</td>" in table
    assert "NumPy’s array data" not in table_of(page, "Who holds the resident memory")
    view = ledger_view(build.leaking(), "m")
    assert (0, 128, 2144, 20_800, 2 * MIB + 800) == view.domain_sizes
    assert ("start", "1 call", "11 calls", "162 calls", "464 calls") == view.domain_heads


def test_what_was_not_traced_is_said_to_be_unknown(build):
    found = replace(build.leaking(), domains=None)
    untraced = replace(found, method=replace(found.method, traced="nothing"))
    assert "is not known: allocations were not traced" in render(untraced, "html")
    assert "is not known: this recording does not have it" in render(found, "html")
    assert all("by tracemalloc’s domain" not in render(each, "html") for each in (found, untraced))
    assert json.loads(render(found, "json"))["domains"] is None


def test_a_traced_second_plan_has_heads_of_its_own(build):
    found = build.leaking()
    again = replace(found, traced_rounds=found.rounds[:3], method=replace(found.method, traced="second plan"))
    view = ledger_view(again, "m")
    assert ("start", "1 call", "11 calls", "162 calls") == view.domain_heads
    assert view.domain_sentence.startswith("Allocated in the second, traced plan since tracing began")
