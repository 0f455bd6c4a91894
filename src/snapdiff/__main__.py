"""`python -m snapdiff`."""

from snapdiff.cli import main

main(prog_name="snapdiff")
