"""What `--sweep` takes and what it refuses, in one sentence each."""

from __future__ import annotations

import os

import pytest

from snapdiff.record.options import OptionsError, parse_sweep

EXAMPLE = "Write a parameter and rising sizes, such as --sweep n=100,1000,10000 or --sweep n=100..10000."


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("n=100,1000,10000", (100, 1000, 10_000)),
        ("n=100..100000", (100, 300, 1000, 3000, 10_000, 30_000, 100_000)),
        ("n=100..102893", (100, 300, 1000, 3000, 10_000, 30_000, 102_893)),
        ("n=100..120000", (100, 300, 1000, 3000, 10_000, 30_000, 120_000)),
        ("n=1..100", (1, 3, 10, 30, 100)),
        ("n=20..700", (20, 60, 200, 700)),
    ],
)
def test_sizes_are_a_list_or_go_by_threes_and_tens(text, sizes):
    assert ("n", sizes) == (parse_sweep(text).name, parse_sweep(text).sizes)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("100,1000", f"--sweep 100,1000 names no parameter. {EXAMPLE}"),
        ("n-x=1,2,3", f"--sweep n-x=1,2,3 names no parameter. {EXAMPLE}"),
        ("n=", f"--sweep n= has something that is not a whole number. {EXAMPLE}"),
        ("n=1,ten,100", f"--sweep n=1,ten,100 has something that is not a whole number. {EXAMPLE}"),
        ("n=1,3,2", f"--sweep n=1,3,2 is not rising. {EXAMPLE}"),
        ("n=0,1,2", f"--sweep n=0,1,2 is not rising. {EXAMPLE}"),
        (
            "n=1,2",
            f"--sweep n=1,2 has 2 sizes; a law needs at least 3, and five to know a curve from a threshold. {EXAMPLE}",
        ),
        (
            "n=100..100",
            "--sweep n=100..100 has 1 size; a law needs at least 3, and five to know a curve from a threshold. "
            + EXAMPLE,
        ),
        (
            "n=1,2,9999999999999",
            f"--sweep n=1,2,9999999999999 has more than 32 sizes, or one above {10**12:,}. {EXAMPLE}",
        ),
    ],
)
def test_what_is_no_sweep_is_refused(text, sentence):
    with pytest.raises(OptionsError) as caught:
        parse_sweep(text)
    assert sentence == str(caught.value)


@pytest.mark.parametrize("text", ["n=-5..10", "n=0..100", "n=1..99999999999999999999", "n=9..1"])
def test_a_range_that_makes_no_sense_ends_with_a_sentence(text):
    with pytest.raises(OptionsError):
        parse_sweep(text)


SWEEP = ("--sweep", "n=1,10,100")


@pytest.mark.parametrize(
    ("target", "options", "sentence"),
    [
        (
            "sweeps.py:linear",
            ["--inputs", "make"],
            "--sweep gives every call its size; --inputs would give it other arguments too. Leave one of them out.",
        ),
        ("sweeps.py:linear", ["--rounds", "1,2"], "--sweep calls with sizes and not in rounds. Leave --rounds out."),
        (
            "sweeps.py:linear",
            ["--trace", "auto"],
            "--trace auto has no meaning with --sweep, which makes its calls untraced and then traced. Leave it out, "
            "or write --trace off for calls that are only untraced.",
        ),
        (
            "sweeps.py:make",
            [],
            "sweeps.py:make takes no argument named n, which --sweep n=… gives it. Name the parameter that is the size "
            "of the input, or write a function with one.",
        ),
        (
            "script.py",
            [],
            "--sweep gives a size to a function; a script takes its arguments after `--`. Name a function with a "
            "parameter for the size.",
        ),
    ],
)
def test_what_makes_no_sense_beside_a_sweep_is_refused(snapdiff, tmp_path, target, options, sentence):
    done = snapdiff("record", target, "-o", tmp_path / "run.snapdiff", "--quiet", *SWEEP, *options)
    assert (2, [sentence], []) == (done.code, done.told, os.listdir(tmp_path))


def test_a_coroutine_that_nobody_awaits_is_refused_at_the_first_call(snapdiff, tmp_path):
    done = snapdiff("record", "sweeps.py:hidden", "-o", tmp_path / "run.snapdiff", "--quiet", *SWEEP)
    expected = "sweeps.py:hidden returned a coroutine that nobody awaits: name an `async def` function that does."
    assert (2, [expected], []) == (done.code, done.told, os.listdir(tmp_path))


def test_a_size_to_foretell_needs_a_sweep(snapdiff, programs, tmp_path):
    done = snapdiff("record", "quiet.py:work", "-o", tmp_path / "run.snapdiff", "--at", "5", cwd=programs)
    assert (2, ["--at is the size that a sweep foretells. Give --sweep as well."]) == (done.code, done.told)


def test_a_worker_behind_json_rpc_is_not_swept(snapdiff, tmp_path):
    (tmp_path / "asked.jsonl").write_text('{"method": "add"}\n')
    options = ("--rpc", "python quiet.py", "--request", tmp_path / "asked.jsonl", "-o", tmp_path / "run.snapdiff")
    done = snapdiff("record", *options, *SWEEP)
    assert (2, ["--sweep gives a size to a function; requests have their own. Leave one of them out."]) == (
        done.code,
        done.told,
    )
