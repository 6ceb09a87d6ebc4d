# `make help` lists what there is. Everything installs what it needs into .venv first.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
SOURCES := kb schema search web server.py

.DEFAULT_GOAL := help
.PHONY: help install run test prove lint format lock schema index check bench clips screenshots clean

help:  ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

install: .venv/installed  ## Make .venv from the lock

.venv/installed: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "Python 3.11 is needed: set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing into .venv: about a minute the first time"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: install  ## Serve the sample content and print what to open
	@$(BIN)/kb serve

test: install  ## Run the tests
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(ARGS)

prove: install  ## Run the long proofs as well
	KB_PROVE=1 $(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(ARGS)

lint: install  ## ruff, mypy, import contracts, the schema against its contract, the content
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m schema.contract
	$(BIN)/kb check

format: install  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11
lock: install  ## Write both locks anew from pyproject.toml: for development, and for an image that runs
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --all-extras pyproject.toml --output-file requirements.lock
	echo "setuptools>=80" | $(COMPILE) --extra redis --extra postgres --extra otel --no-annotate \
		--constraint requirements.lock pyproject.toml - --output-file requirements-run.lock

schema: install  ## Print the served schema
	@$(BIN)/python -m schema.build

index: install  ## Bring the search index up to date
	@$(BIN)/kb index

check: install  ## List every problem of the content
	@$(BIN)/kb check

bench: install  ## Measure, and write the tables and plots in docs/
	$(BIN)/python -m bench

clips: install  ## Render the tutorials' clips (needs ffmpeg)
	$(BIN)/python -m docs.clips.render

screenshots: install  ## Take the pictures of docs/screenshots (needs chromium)
	$(BIN)/python -m docs.screenshots.take

clean:  ## Remove what was made: .venv and var
	rm -rf .venv var
