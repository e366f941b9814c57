# Two commands on a fresh machine: `make demo` and `make test`. Both install what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check

.PHONY: help install install-test install-parquet demo test lint format lock clean

help:
	@echo "make demo     run the whole system on this machine and send a first letter"
	@echo "make test     run the test suite"
	@echo "make lint     what CI checks besides the tests"
	@echo "make install  only create $(VENV) and install the locked dependencies"
	@echo "make install-parquet  the library that reports as Parquet need, too"

$(BIN)/python:
	@echo "Creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(BIN)/python
	@echo "Installing the locked dependencies"
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.test: requirements-test.lock | $(BIN)/python
	@echo "Installing the locked dependencies, with those of the tests"
	@$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@ $(VENV)/.runtime

install: $(VENV)/.runtime
install-test: $(VENV)/.test

install-parquet: install
	@echo "Installing what reports as Parquet need"
	@$(PIP) install --require-hashes -r requirements-parquet.lock

demo: install
	@$(BIN)/python manage.py demo

test: install-test
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: install-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING

format: install-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Needs uv; the lock files name versions and hashes, and no package index.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra parquet pyproject.toml -o requirements-parquet.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra test pyproject.toml -o requirements-test.lock

clean:
	rm -rf $(VENV) staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
