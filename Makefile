# Every target sets up what it needs; a machine needs Python 3.11 or later with venv, and make.

CANDIDATES := python3.11 python3.12 python3.13 python3
PYTHON ?= $(shell for name in $(CANDIDATES); do \
	$$name -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$name; break; }; done)
BIN := .venv/bin
STAMP := .venv/.set-up

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-adapter check evals bench pins sbom

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## Make .venv with the pinned packages (done by the others when needed)

# Everything is said on stderr: `make demo ARGS=--json` prints JSON and nothing else.
$(STAMP): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Tenure needs Python 3.11 or later with the venv module; none was found." \
		"Install it, or name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Setting up .venv with $(PYTHON); the first time takes some minutes." >&2
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		--requirement requirements/dev.txt >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--editable . >&2
	@touch $@

demo: setup  ## Show a company's morning: make demo [DATA=FOLDER] [ARGS="--json"]
	@$(BIN)/tenure demo $(if $(DATA),--data "$(DATA)") $(ARGS)

# All tests are shared by as many processes as there are cores, and at most four: each has a PostgreSQL and a Chromium
# of its own. What ARGS asks for runs in one process, which begins at once; ARGS may say `-n auto` too.
SHARED := --numprocesses auto --maxprocesses 4 --dist worksteal

test: setup  ## Run the house checks and all tests, or some: make test [ARGS="tests/unit -k ledger"]
	@$(BIN)/python -m pytest $(or $(ARGS),$(SHARED))

test-adapter: setup  ## Test one adapter: make test-adapter NAME=hubspot
	@$(BIN)/python -m tests.adapter "$(NAME)" $(ARGS)

check: setup  ## Check form, types and import direction
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

evals: setup  ## Run the evaluation gate: make evals [ARGS="signals safety"]
	@$(BIN)/python -m evals run $(ARGS)

bench: setup  ## Measure: make bench [ARGS="sweep event --runs 3"]
	@$(BIN)/python -m tests.bench.run $(ARGS)

PIN := uv pip compile pyproject.toml --generate-hashes --no-header --no-annotate --no-emit-index-url \
	--python-version 3.11 --quiet

pins:  ## Compile requirements/ anew from pyproject.toml (needs uv)
	$(PIN) --output-file requirements/runtime.txt
	$(PIN) --extra dev --output-file requirements/dev.txt

sbom: setup  ## Write what Tenure is made of (CycloneDX) to var/sbom.json
	@mkdir -p var
	@$(BIN)/python requirements/sbom.py > var/sbom.json
	@echo "var/sbom.json"
