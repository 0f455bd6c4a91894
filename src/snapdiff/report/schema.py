"""The JSON Schemas of `--format json`."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def load_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) that every JSON report is valid against."""
    return _load("schema.json")


def load_compare_schema() -> dict[str, Any]:
    """Return the schema that every JSON comparison is valid against; it refers to that of the report by its `$id`."""
    return _load("compare_schema.json")


def load_history_schema() -> dict[str, Any]:
    """Return the schema that the JSON of a trend, and of causes that were seen before, is valid against."""
    return _load("history_schema.json")


def _load(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
