# Crystal Bay. Two commands do all the set-up on a fresh machine: make run, make test.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help install install-dev run test lint format bench soak eval train screens translations clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.installed: requirements.txt
	$(PYTHON) scripts/check_python.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.installed-dev: requirements.txt requirements-dev.txt $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

install: $(VENV)/.installed ## .venv with what running needs

install-dev: $(VENV)/.installed-dev

run: install ## the whole system in demo mode; Ctrl+C ends it (STORE=supabase or postgres: on such a database)
	@exec $(BIN)/python main.py $(if $(STORE),--store $(STORE))

test: install-dev ## install what the tests need, run them all
	scripts/install_test_tools.sh
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist loadfile --durations=15 $(ARGS)

lint: install-dev ## ruff, format, mypy --strict, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_floors.py

format: install-dev ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install-dev ## benchmarks: ratios against a named reference in the same run
	$(BIN)/python -m benchmarks

soak: install-dev ## the store away for a minute under 20 messages a second; ARGS="--store postgres" or supabase
	$(BIN)/python -m benchmarks.outage $(ARGS)

eval: install-dev ## figures of the understanding engine, kept in docs/eval.md; ARGS="--note 'what changed'"
	$(BIN)/python scripts/nlp_eval.py $(ARGS)

train: install-dev ## the model of intents, from training/; ARGS=--compare: rules, model, both on ideas held back
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-train.txt
	$(BIN)/python scripts/train_intents.py $(ARGS)

screens: install-dev ## screenshots of every page for docs/screens/
	$(BIN)/python scripts/make_screens.py

translations: install-dev ## texts of the sources into translations/, and the files that the server reads; ARGS=--check
	$(BIN)/python scripts/make_translations.py $(ARGS)

clean: ## remove the environment, not the data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
