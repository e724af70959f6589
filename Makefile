# SPDX-License-Identifier: Apache-2.0
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
.PHONY: help demo test lint format translations bench vectors lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# What the product needs to run. No index address stands in the lock; every file is checked by its hash.
.venv/ok: pyproject.toml requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# What its tests need besides.
.venv/dev: .venv/ok requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: .venv/ok ## run everything here: phone page and console side by side, with invented reports
	@$(BIN)/amparo demo

test: .venv/dev ## run all tests (real PostgreSQL and, where Chromium is installed, a real browser)
	$(BIN)/python -m pytest

lint: .venv/dev ## format, style, types, floors, compose file
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

format: .venv/dev ## put every file in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

translations: .venv/ok ## bring new English texts into every language; fails while one is missing or no longer fits
	@$(BIN)/amparo translations update
	@$(BIN)/amparo questionnaire check

bench: .venv/dev ## measure, print ratios, write var/bench.json
	@$(BIN)/python -m bench

vectors: .venv/dev ## make our own test vectors again; git must show no difference
	$(BIN)/python tests/vectors/make.py
	git diff --exit-code --stat tests/vectors

lock: ## resolve the dependencies anew (needs uv)
	printf 'hatchling>=1.33\neditables>=0.6\n' > .venv/build.in
	uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra postgres --group dev --group bench pyproject.toml .venv/build.in -o requirements-dev.lock
	uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra postgres pyproject.toml .venv/build.in -c requirements-dev.lock -o requirements.lock

clean: ## remove what the demo and the tests left behind
	rm -rf var .pytest_cache .mypy_cache .ruff_cache .hypothesis
