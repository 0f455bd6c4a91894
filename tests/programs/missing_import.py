"""Imports what is not there."""

import no_such_library_4711  # noqa: F401
