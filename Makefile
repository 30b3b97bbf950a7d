# Everything a developer needs, on a machine that has Python 3.11 or later, git and make.
# Pass more to pytest with ARGS, as in: make test ARGS="-k claim --backend=sqlite"

PYTHON ?=
TEST_WORKERS ?= 2
ARGS ?=

# Images of containers like to forbid bytecode. Each of the hundreds of processes that tests start would then compile
# the library and the tests anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
READY := .venv/.ready

.PHONY: help demo test check bench faults soak serve setup clean
.DEFAULT_GOAL := help

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

demo: $(READY)  ## play the example company's day and show what happened
	$(BIN)/python -m examples.host_app.demo

test: $(READY)  ## every test on SQLite, PostgreSQL and MariaDB
	$(PYTEST) -n $(TEST_WORKERS) --dist loadgroup $(ARGS)

check: $(READY)  ## lint, format, types, layers and the documentation's promises
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) tests/docs $(ARGS)

bench: $(READY)  ## measure against the budgets
	$(BIN)/python -m benchmarks

faults: $(READY)  ## kill processes and databases on purpose, the long form
	$(PYTEST) tests/faults --long-faults $(ARGS)

soak: $(READY)  ## claim the same customers by many at once, 15 minutes a database
	$(PYTEST) tests/faults/test_claims_soak.py -s --soak-minutes 15 $(ARGS)

serve:  ## the example host's web page
	@echo "The example host has no web page yet. docs/roadmap.md says when it comes; until then: make demo"
	@exit 1

setup: $(READY)

clean:  ## remove the virtual environment and everything generated
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks build dist out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv does not read pip's configuration, so a mirror configured for pip is handed to it.
$(READY): pyproject.toml
	@found=; for python in $(or $(PYTHON),python3.11 python3); do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && found=$$python && break; \
	done; \
	test -n "$$found" || { echo "oa_crm needs Python 3.11 or later; name one with: make PYTHON=/path/to/python3" >&2; exit 1; }; \
	$$found -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$$found cannot make virtual environments; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }; \
	test -x $(BIN)/pip || $$found -m venv --clear .venv
	$(BIN)/python -m pip install --quiet 'uv>=0.8'
	@mirror=$$($(BIN)/python -m pip config list | sed -n "s/^[^=]*\.index-url='\(.*\)'$$/\1/p" | tail -n 1); \
	test -z "$$mirror" || export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$mirror}"; \
	set -x; $(BIN)/uv pip install --python $(BIN)/python --compile-bytecode -e . --group test --group check --group demo
	@touch $(READY)
