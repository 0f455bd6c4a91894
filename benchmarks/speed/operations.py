"""All operations by name, in the order of the table."""

from __future__ import annotations

from speed import ours, peers

ALL = {operation.name: operation for operation in (*ours.OPERATIONS, *peers.OPERATIONS)}
