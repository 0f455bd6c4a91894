"""Have we seen this leak before? The same cause first, then what is like it, in words; and nothing else."""

import math

import pytest

from snapdiff.analysis.model import ChainNode, Frame
from snapdiff.history import HistoryError, finding, recall
from snapdiff.history.vectors import SIZE, vector

lancedb = pytest.mark.lancedb

#: The vector of `past.finding()`, without its zeros.
PLACES = {
    8: 0.0454,
    37: -0.1814,
    52: 0.1814,
    86: -0.2722,
    206: 0.5443,
    210: -0.0907,
    246: -0.2722,
    293: -0.1814,
    305: -0.1814,
    331: 0.0454,
    376: 0.2722,
    436: 0.1814,
    463: 0.0907,
    471: -0.3629,
    488: -0.1814,
    491: 0.3629,
}


def cosine(one, other):
    return sum(a * b for a, b in zip(vector(one), vector(other), strict=True))


def test_a_vector_is_the_same_for_ever(past):
    """Stored vectors are compared with ones made years later: if this fails, raise `tables.VERSION`."""
    found = vector(past.finding())
    assert SIZE == len(found)
    assert 1 == pytest.approx(math.sqrt(sum(each * each for each in found)))
    places = {at: round(value, 4) for at, value in enumerate(found) if value}
    assert PLACES == places


def test_a_moved_line_or_another_number_makes_no_difference(past):
    one = past.finding(container="module app → shards[3]", grown_at=(Frame("app.py", 10, "add"),))
    moved = past.finding(container="module app → shards[7]", grown_at=(Frame("app.py", 99, "add"),))
    assert vector(one) == vector(moved)


def test_what_shares_more_is_more_alike(past):
    one = past.finding()
    renamed = past.finding(container="module app → Basket.by_id", type="app.Product")
    unlike = past.finding(
        type="logging.LogRecord", other_types=(), container="module logs → Handler.records", container_type="list",
        chain=(ChainNode("module logs", "module"), ChainNode(".Handler", "type"), ChainNode(".records", "list")),
        grown_at=(Frame("logs.py", 8, "emit"),), born_at=(),
    )  # fmt: skip
    assert 1 == pytest.approx(cosine(one, one))
    assert cosine(one, one) > cosine(one, renamed) > 0.3 > abs(cosine(one, unlike))


def test_a_cause_of_which_nothing_is_known_has_a_vector(past):
    bare = past.finding(
        type=None, other_types=(), container=None, container_type=None, chain=(), born_at=(), grown_at=()
    )
    assert 1 == pytest.approx(math.hypot(*vector(bare)))


@lancedb
def test_the_same_cause_comes_first_then_others_by_likeness(store, past):
    one = past.finding()
    near = past.finding(fingerprint="near", container="module app → Basket.by_id")
    far = past.finding(fingerprint="far", container="module x → y", chain=(), type="x.Y", born_at=())
    unlike = past.finding(
        fingerprint="unlike", container="module x → y", chain=(), type="x.Y", born_at=(), grown_at=(), other_types=()
    )
    for day in range(1, 40):
        store.add(past.run(day, near if day % 2 else one))
    store.add(past.run(50, far, id="far"))
    store.add(past.run(51, unlike, id="unlike"))
    store.note(past.note(fixed_in="4.2.1"))
    found = recall(store, one).alike
    assert ["3f9c1a7be204", "near"] == [each.finding.fingerprint for each in found[:2]]
    assert [True, False] == [each.same for each in found[:2]]
    assert (19, 20) == (found[0].runs, found[1].runs)
    assert ["4.2.1"] == [note.fixed_in for note in found[0].notes]
    assert "the same type, `app.Item`" in found[1].reasons
    assert 1 == found[0].likeness > found[1].likeness > 0.3
    assert "unlike" not in {each.finding.fingerprint for each in found}


@lancedb
def test_a_recording_is_not_its_own_memory(store, past):
    store.add(past.run(1, past.finding(), id="mine"))
    assert () == recall(store, past.finding(), "mine").alike
    store.add(past.run(2, past.finding(), id="another"))
    assert ["another"] == [each.last.id for each in recall(store, past.finding(), "mine").alike]


@lancedb
def test_the_beginning_of_a_fingerprint_is_enough_where_it_tells(store, past):
    store.add(past.run(1, past.finding(), past.finding(fingerprint="3f9cffffffff", type="x.Other")))
    assert "3f9c1a7be204" == finding(store, "3F9C1").fingerprint
    for beginning, sentence in (
        ("3f9c", "begins several fingerprints"),
        ("3f", "too short"),
        ("abcd", "No finding with the fingerprint 'abcd' is remembered"),
        ("%_'%", "No finding with the fingerprint"),
    ):
        with pytest.raises(HistoryError, match=sentence):
            finding(store, beginning)


@lancedb
def test_a_cause_is_named_as_the_newest_run_names_it(store, past):
    store.add(past.run(2, past.finding(sentence="new")))
    store.add(past.run(1, past.finding(sentence="old")))
    assert "new" == finding(store, "3f9c1a7be204").sentence
