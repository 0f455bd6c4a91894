"""Fails when imported."""

raise RuntimeError("no configuration")
