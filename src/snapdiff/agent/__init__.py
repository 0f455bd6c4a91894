"""The agent: runs inside the target, drives the workload, measures, and appends to the spool.

Standard library only, Python 3.9 or newer, and nothing of snapdiff outside this folder: it is loaded by
`boot.py` in interpreters where snapdiff is not installed. It never judges (see `screen.py` for the one
rule it has, which only decides whether to go on).
"""
