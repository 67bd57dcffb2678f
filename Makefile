# pkdocs. `make` alone lists the targets; each sets up what it needs.

SHELL := /bin/sh
MAKEFLAGS += --no-builtin-rules --no-print-directory
BIN := .venv/bin

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test check fuzz golden bench lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing; leaves the program at .venv/bin/pkdocs
	@sh .ci/setup

demo: setup ## a whole city from the workbook to a verified chain, in build/demo
	@sh samples/demo.sh build/demo

test: check ## the quick gate and all tests
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --cov --cov-report term --cov-fail-under 95

check: setup ## the quick gate: style, types, floors, requirements
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pip --disable-pip-version-check check

fuzz: setup ## feed every reader with spoilt input; MINUTES=60. What is found lies in build/fuzz
	@$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),60)

golden: setup ## draw the pictures of all templates' pages again; look at them before you commit them
	@$(BIN)/python -m tests.document.golden

bench: setup ## pkdocs beside docxtpl, unoserver, soffice and python-calamine; some 20 minutes
	@sh benchmarks/setup
	@for name in render convert generate judge sign verify workbook; do echo "== $$name"; PYTHONPATH=build/bench/beside $(BIN)/python benchmarks/$$name.py || exit; done

lock: setup ## renew requirements.lock after a change in pyproject.toml; UPGRADE=--upgrade takes newer versions
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet $(UPGRADE) --extra dev --generate-hashes \
		--allow-unsafe --strip-extras --no-annotate --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --output-file requirements.lock pyproject.toml

clean: ## remove what was made here, except .venv
	rm -rf build dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find pkdocs tests benchmarks -type d -name __pycache__ -exec rm -rf {} +
