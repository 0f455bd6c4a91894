# Two commands for a fresh machine with Python 3.11+ and git: `make demo` and `make test`.
# Each sets up what it needs in .venv* folders here and leaves nothing anywhere else.

# The first interpreter that runs and is new enough (a pyenv shim may exist and not run).
PYTHON ?= $(or $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 $$(sh .ci/pythons); do \
	"$$p" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done),python3)
JOBS ?= 2
VENV := .venv

.PHONY: demo test test-all lint check sanitize wheels samples bench accuracy clean

$(VENV)/.ready: pyproject.toml setup.py $(wildcard src/walker/*)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "snapdiff needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --editable '.[dev,examples]'
	touch $@

## Record the LanceDB examples and write their pages to demo/.
demo: $(VENV)/.ready
	$(VENV)/bin/python examples/record_all.py demo demo

## Run the tests on one Python.
test: $(VENV)/.ready
	# Else, where Python is told to write no bytecode, each of a thousand processes compiles snapdiff again.
	$(VENV)/bin/python -m compileall -q src
	# Neighbours share recordings, so each worker gets one half, and in the end what is left of the other's.
	$(VENV)/bin/python -m pytest -q -n $(JOBS) --dist worksteal $(PYTEST_OPTIONS)

## Run the tests on every Python 3.11 to 3.14 that can be found.
test-all:
	sh .ci/test-all $(JOBS)

## Formatting, lint, types and the import contract.
lint: $(VENV)/.ready
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

check: lint test

## Walk nasty heaps with the native walker under AddressSanitizer and UndefinedBehaviorSanitizer.
sanitize: $(VENV)/.ready
	sh tests/agent/sanitize.sh $(VENV)/bin/python

## Build a wheel, with the native walker in it, for every Python 3.11 to 3.14 that can be found.
wheels:
	for python in $$(sh .ci/pythons); do "$$python" -m pip wheel --quiet --no-deps --wheel-dir dist . || exit 1; done

## Rebuild sample_reports/ from real runs (about a quarter of an hour).
samples: $(VENV)/.ready
	$(VENV)/bin/python examples/record_all.py samples build/samples
	mkdir -p sample_reports
	cp build/samples/*.html sample_reports/
	! command -v chromium >/dev/null || sh examples/picture.sh sample_reports/leaky-search.html sample_reports/page.png

## What snapdiff and its peers cost, as ratios (about 45 minutes; snapdiff alone: BENCH='--peers none'; all options: BENCH=-h).
bench: $(VENV)/.ready
	$(VENV)/bin/python benchmarks/bench.py $(BENCH)

PEERS := .venv-peers

$(PEERS)/.ready: $(VENV)/.ready benchmarks/accuracy/environments.py $(wildcard tests/corpus/*/truth.json)
	$(VENV)/bin/python benchmarks/accuracy.py --install
	touch $@

## How often snapdiff and its peers are right, on the corpus (about 35 minutes; snapdiff alone 9: ACCURACY='--peers none').
accuracy: $(VENV)/.ready $(PEERS)/.ready
	$(VENV)/bin/python benchmarks/accuracy.py $(ACCURACY)

clean:
	rm -rf $(VENV) $(PEERS) build dist demo
