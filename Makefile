# `make run` starts Moriarty on a bare machine; `make test` checks everything.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8501

.PHONY: run test lint clean

# The bundled cases come first, so that the pages open on a library that works; the sources that are due are
# collected meanwhile. Exit code 1 says that some items failed: they are listed, and nothing stops for them.
run: $(VENV)/.run
ifdef DATA
	@$(BIN)/moriarty add "$(DATA)" || [ $$? -eq 1 ]
endif
	@$(BIN)/moriarty run starter || [ $$? -eq 1 ]
	@exec $(BIN)/moriarty serve --collect --port $(PORT)

# A file's tests share what its modules build, so a file stays with one process; each process takes 2 GB.
test: $(VENV)/.test lint
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

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
