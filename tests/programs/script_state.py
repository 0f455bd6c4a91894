"""Outlives the runs of script.py."""

runs = 0
