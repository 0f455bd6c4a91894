"""Exits when imported."""

raise SystemExit(3)
