"""A script that ends with a status on its fifth run."""

import sys

import script_state

script_state.runs += 1
if script_state.runs == 5:
    sys.exit(9)
