"""The spool: what is complete is read, what is not is not there."""

import json

import pytest

from snapdiff.agent import spool

FRAMES = [{"kind": "loaded", "n": 1}, {"kind": "note", "text": "é\u2028"}, {"kind": "end", "how": "as planned"}]


@pytest.fixture
def folder(tmp_path):
    """A spool with three frames."""
    spool.create(str(tmp_path), {"target": "app.py:work"})
    writer = spool.Writer(str(tmp_path))
    for frame in FRAMES:
        writer.write(frame)
    writer.close()
    return tmp_path


def read(folder, offset=0):
    return [frame for frame, _ in spool.read(str(folder), offset)]


def ends():
    """Offsets after the magic line and after each frame."""
    found = [len(spool.MAGIC)]
    for frame in FRAMES:
        found.append(found[-1] + len(spool.encode(frame)))
    return found


def test_what_was_written_is_read(folder):
    assert FRAMES == read(folder)
    assert ends()[1:] == [offset for _, offset in spool.read(str(folder))]
    assert {"target": "app.py:work"} == spool.read_plan(str(folder))


def test_reading_goes_on_where_it_stopped(folder):
    for number, offset in enumerate(ends()):
        # 0 is the beginning, and so is the end of the magic line.
        assert FRAMES[number:] == read(folder, offset)


def test_a_spool_cut_anywhere_has_exactly_its_complete_frames(folder):
    path = folder / spool.FRAMES_FILE
    data = path.read_bytes()
    boundaries = ends()
    assert boundaries[-1] == len(data)
    for length in range(len(data) + 1):
        path.write_bytes(data[:length])
        complete = sum(boundary <= length for boundary in boundaries[1:])
        assert FRAMES[:complete] == read(folder), length


def test_a_flipped_byte_stops_reading_before_its_frame(folder):
    path = folder / spool.FRAMES_FILE
    data = path.read_bytes()
    boundaries = ends()
    for place in range(len(data)):
        for bit in (0x01, 0x80):
            path.write_bytes(data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :])
            complete = 0 if place < boundaries[0] else sum(boundary <= place for boundary in boundaries[1:])
            assert FRAMES[:complete] == read(folder), place


def test_a_spool_that_is_not_there_has_no_frames(tmp_path):
    assert [] == read(tmp_path)


def test_a_frame_that_claims_to_be_huge_is_not_read(folder):
    path = folder / spool.FRAMES_FILE
    header = spool._HEADER.pack(b"FRM1", spool.MAX_FRAME + 1, 0)
    path.write_bytes(path.read_bytes() + header + b"{}")
    assert FRAMES == read(folder)


def test_a_checkpoint_written_while_somebody_reads_appears_whole(folder):
    reader = spool.read(str(folder), ends()[-1])
    with pytest.raises(StopIteration):
        next(reader)
    writer = spool.Writer(str(folder))
    writer.write({"kind": "checkpoint"})
    writer.close()
    assert [{"kind": "checkpoint"}] == read(folder, ends()[-1])


def test_the_state_is_shared_by_those_who_open_it(folder):
    ours, theirs = spool.open_state(str(folder)), spool.open_state(str(folder))
    ours[spool.DONE] = 7
    assert [0, 0, 0, 7, 0, 0, 0, 0] == theirs.tolist()


def test_frames_are_plain_ascii_json(folder):
    payload = spool.encode(FRAMES[1])[spool._HEADER.size :]
    assert payload.isascii()
    assert FRAMES[1] == json.loads(payload)


def test_bytes_come_back_as_bytes(folder):
    writer = spool.Writer(str(folder))
    writer.write({"kind": "checkpoint", "traces": {"files": ["a.py"], "blocks": b"\x00\xff\n"}})
    writer.close()
    *_, frame = read(folder)
    assert {"files": ["a.py"], "blocks": b"\x00\xff\n"} == spool.unpacked(frame["traces"])
    with pytest.raises(TypeError):
        spool.encode({"kind": "note", "text": object()})
