"""How much each cause holds: what two keep is divided between them, and nothing is counted twice."""

from sys import getsizeof

import pytest

from snapdiff.agent.book import Book
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
