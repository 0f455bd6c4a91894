"""The pages of real runs that are kept in sample_reports/."""

from __future__ import annotations

from pathlib import Path

import pytest

#: A page is to be attached to a ticket and sent about.
LARGEST = 300 * 1024
SAMPLES = sorted((Path(__file__).parents[2] / "sample_reports").glob("*.html"))


def test_there_are_samples():
    assert len(SAMPLES) > 5


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_small_enough_for_a_ticket(path):
    assert path.stat().st_size <= LARGEST
