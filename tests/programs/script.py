"""A script, run from its beginning in each iteration."""

import sys

import script_state

script_state.runs += 1
print(__name__, sys.argv, script_state.runs, "kept" in globals(), sys.modules["__main__"].__dict__ is globals())
sys.argv.append("changed by the program")
kept = [bytearray(1000)]
if script_state.runs % 2:
    raise SystemExit(0 if script_state.runs % 4 == 1 else None)
