# `make run` starts Moriarty on a bare machine; `make test` checks everything.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
# Seconds the first start gives to collecting from the internet before the pages open.
COLLECT_SECONDS ?= 45

.PHONY: run test lint bench model clean

run: $(VENV)/.run
ifdef DATA
	@$(BIN)/moriarty add "$(DATA)" || [ $$? -eq 1 ]
endif
	@$(BIN)/moriarty run --time-limit $(COLLECT_SECONDS) || [ $$? -eq 1 ]
	@exec $(BIN)/moriarty serve

test: $(VENV)/.test lint
	$(BIN)/python -m pytest

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Moriarty needs Python 3.11 or newer"'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
