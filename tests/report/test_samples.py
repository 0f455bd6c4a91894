"""The pages of real runs that are kept in sample_reports/."""

from __future__ import annotations

import json
import re
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


def test_the_sample_of_a_comparison_shows_a_fix_of_one_target():
    html = Path(SAMPLES[0].parent, "leaky-search-fixed.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', html, re.DOTALL)[1])
    runs = [*data["before"]["runs"], *data["after"]["runs"]]
    assert ("fixed", None) == (data["outcome"], data["void"])
    assert {"examples/lancedb_worker/leaky.py:search"} == {run["method"]["target"] for run in runs}
    assert [True, False] == [run["verdict"] == "leak" for run in runs]
