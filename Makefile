# Everything starts here. `make` alone lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
TANDEM := $(VENV)/bin/tandem
OUT ?= out
export PYTHONPATH := $(CURDIR)/shared:$(CURDIR)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# -- the environment: made once, and again when a lock changes

$(PY):
	@echo "Setting up $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.local: requirements/local.txt | $(PY)
	@echo "Installing what a simulated run needs (requirements/local.txt)"
	@$(PY) -m pip install -q --require-hashes -r requirements/local.txt
	@$(PY) -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1 || true  # some packages carry files that are no Python
	@touch $@

$(VENV)/.test: requirements/test.txt | $(PY)
	@echo "Installing what the tests need (requirements/test.txt)"
	@$(PY) -m pip install -q --require-hashes -r requirements/test.txt
	@$(PY) -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1 || true  # some packages carry files that are no Python
	@touch $@

# The command runs from this folder, wherever it is called: nothing is built or copied.
$(TANDEM): Makefile | $(PY)
	@printf '%s\n' '#!/bin/sh' \
	  'exec "$(CURDIR)/$(PY)" -P -c '"'"'import sys; sys.path[:0] = ["$(CURDIR)/shared", "$(CURDIR)"]; from local.cli import main; main()'"'"' "$$@"' > $@
	@chmod +x $@

# Every command starts from bytecode, also where Python is told to write none by itself (PYTHONDONTWRITEBYTECODE).
.PHONY: setup setup-test bytecode
setup: $(VENV)/.local $(TANDEM) bytecode
setup-test: $(VENV)/.test $(TANDEM) bytecode
bytecode: | $(PY)
	@$(PY) -m compileall -q shared/tandem local functions

# -- to look at it

.PHONY: demo
demo: setup ## live through the example year and show what became of it
	@$(PY) -m local.demo examples/aire-nyanza $(OUT)/aire-nyanza --until 2027-07-16

.PHONY: simulate
simulate: setup ## the same for AGREEMENT=... [STORY=...] UNTIL=... [OUT=...]
	@test -n "$(AGREEMENT)" -a -n "$(UNTIL)" || { echo "make simulate AGREEMENT=examples/hard-zones/agreement.yaml UNTIL=2027-12-17"; exit 2; }
	@$(TANDEM) simulate $(AGREEMENT) $(if $(STORY),--story $(STORY)) --until $(UNTIL) --out $(OUT)
	@echo "Open $(OUT)/index.html"

# -- to hold it to its word

.PHONY: test
test: setup-test ## every test but the long ones
	@$(PY) -m pytest -m "not soak and not fuzz"

.PHONY: lint
lint: setup-test ## style, types, templates, security
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) -m bandit -q -r shared functions -s B101,B105,B405,B314
	@if [ -f template.yaml ]; then $(VENV)/bin/cfn-lint template.yaml; fi

.PHONY: conformance
conformance: setup-test ## every calendar part of twelve years against six readers that share no code
	@$(PY) tests/years/run_stories.py --years $(OUT)/conformance
	@$(PY) tests/conformance/run.py --runs $(OUT)/conformance/*

.PHONY: check-stories
check-stories: setup-test ## live through every story on the embedded AWS, and look at each from outside
	@$(PY) tests/years/run_stories.py --out $(OUT)/stories

.PHONY: fuzz
fuzz: setup-test ## a hundred thousand spoilt mails against the reader
	@$(PY) -m pytest -n 0 -s -m fuzz

.PHONY: soak
soak: setup-test ## the long random histories
	@$(PY) -m pytest -m soak

.PHONY: gallery
gallery: setup-test ## every kind of mail in every language, rendered with Chromium
	@$(PY) -m local.gallery --out $(OUT)/gallery

.PHONY: bench
bench: setup-test ## measure what has to be fast
	@for file in benchmarks/*.py; do echo "$$file"; $(PY) $$file || exit 1; done

# -- to keep it whole

.PHONY: lock
lock: setup-test ## lock requirements/*.in with hashes
	@for name in run local test sam; do \
	  $(VENV)/bin/uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header \
	    requirements/$$name.in -o requirements/$$name.txt || exit 1; done

.PHONY: clean
clean: ## remove what was made here, but for the environment
	@rm -rf $(OUT) build .aws-sam .pytest_cache .mypy_cache .ruff_cache

-include build.mk
