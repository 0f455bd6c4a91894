"""How much each cause holds: what two keep is divided between them, and nothing is counted twice."""

from random import Random
from sys import getsizeof
from types import FunctionType

import pytest

from snapdiff.agent.book import Book
from snapdiff.agent.shares import held
from snapdiff.agent.snapshots import Snapshots


@pytest.mark.parametrize("way", ["child", "python"])
def test_what_two_containers_reach_is_divided_and_what_others_reach_is_nobodys(way):
    both, mine, anybodys = bytes(8000), bytes(1000), bytes(500)
    first, second = [both, mine, anybodys], [both]
    lists = getsizeof(first), getsizeof(second)
    expected = [
        (lists[0] + getsizeof(mine) + getsizeof(both) / 2, lists[0] + getsizeof(mine), 1),
        (lists[1] + getsizeof(both) / 2, lists[1], 0),
    ]
    snapshots = Snapshots(Book(), way)
    found = snapshots.held_by([[anybodys, first, second]], [[first], [second]], set())
    assert [(round(share), alone, partner) for share, alone, partner in expected] == [
        (each.share, each.alone, each.partner) for each in found
    ]
    assert way.replace("-", " ") == snapshots.way, snapshots.note


class Node:
    """An instance with attributes."""


class Slotted:
    """One without a dict."""

    __slots__ = ("other",)


def heap_of(random):
    """Return objects that refer to each other at random, of many kinds."""
    made = []
    for number in range(400):
        some = random.sample(made, min(len(made), random.randrange(4)))
        kind = random.randrange(7)
        if kind == 0:
            made.append([*some, str(number) * 9, 10**9 + number])
        elif kind == 1:
            made.append({f"key {number}": some, number: bytes(number)})
        elif kind == 2:
            node = Node()
            node.some, node.text = some, f"text {number}"
            made.append(node)
        elif kind == 3:
            slotted = Slotted()
            slotted.other = some
            made.append(slotted)
        elif kind == 4:
            made.append((*some, bytearray(number)))
        elif kind == 5:
            # Globals of its own: the module's lead to all that the tests have loaded, which changes between two looks.
            made.append(FunctionType(heap_of.__code__, {"__builtins__": {}}, "kept", (some,)))
        else:
            made.append(range(number, 10**9 + number))
    for container in made:
        if type(container) is list:
            container.extend(random.sample(made, 2))
    return made


@pytest.mark.parametrize("seed", range(3))
def test_a_child_divides_any_heap_as_python_does(seed):
    random = Random(seed)
    heap = heap_of(random)
    containers = [random.sample([each for each in heap if type(each) in (list, dict)], 1 + at % 3) for at in range(5)]
    roots, ours = random.sample(heap[:100], 2), {id(each) for each in random.sample(heap, 9)}
    snapshots = Snapshots(Book(), "child")
    expected = [(each.divided, each.together) for each in held(roots, containers, ours)]
    assert expected == [(each.divided, each.together) for each in snapshots.held_by(roots, containers, ours)]
    assert "child" == snapshots.way, snapshots.note
    assert any(sum(together) for _, together in expected)


def test_a_recording_tells_the_share_of_each_of_two_that_keep_the_same_and_what_only_one_keeps(measure):
    report = measure("kept.py:kept_twice_with_a_note")
    leaks = [finding for finding in report["findings"] if finding["verdict"] == "leak"]
    found = {finding["container"]["path"].rpartition(" ")[2]: finding for finding in leaks}
    assert {"pages", "archive"} == set(found)
    for finding in found.values():
        pages = finding["container"]["size"] * getsizeof(bytes(50_000))
        # Shares are rounded to whole bytes.
        assert abs(pages / 2 - (finding["leak_share_bytes"] - finding["not_shared_bytes"])) <= 1
    entries = found["archive"]["container"]["size"]
    notes = entries * (getsizeof(bytearray(10_000)) + getsizeof((0, 0)))
    lists = found["pages"]["not_shared_bytes"]
    assert entries > 300
    assert lists < entries * 20
    assert notes + lists == found["archive"]["not_shared_bytes"]
