"""The programs that are recorded."""
