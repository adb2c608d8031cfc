# Everything runs from .venv, which is made from requirements.lock.
PY ?= python3
BIN := .venv/bin
STAMP := .venv/.locked

.PHONY: setup demo up test check conformance bench soak lock
setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	$(PY) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Wismo needs Python 3.11 or newer: make PY=python3.11")'
	$(PY) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

demo: setup
	$(BIN)/wismo demo

up: setup
	$(BIN)/wismo up

# Two at a time; the faults after the others, three at a time: they kill processes, freeze them and wait for leases.
test: setup
	$(BIN)/pytest -n 2 --dist worksteal --ignore=tests/faults --durations=10
	$(BIN)/pytest -n 3 --dist worksteal tests/faults --durations=10

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# CARRIER_SAMPLES names a folder with a SOURCES.tsv (file, expected_state, expected_sub_state).
conformance: setup
	$(BIN)/python -m tests.conformance

bench: setup
	$(BIN)/python -m tests.bench

soak: setup
	$(BIN)/python -m tests.faults.soak

lock: requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --group dev pyproject.toml --upgrade -o requirements.lock
