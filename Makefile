# Two commands: `make demo` shows the whole job, `make test` passes the tests. Each makes .venv if needed;
# python3 (3.11 or later), make and a package index suffice.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
COMMA := ,
SHARED := $(if $(wildcard ../shared),shared$(COMMA))
# Tests that only root can run, and one that needs the right to mount, which a container may lack.
RIGHTS = $(if $(filter 0,$(shell id -u)),postfix$(COMMA))$(if $(shell unshare --mount mount -t tmpfs tmpfs /mnt 2>/dev/null && echo 1),tmpfs$(COMMA))
# Two processes, a file each at a time: fixtures that cost seconds are made once a file.
WORKERS ?= -n 2 --dist loadfile

.PHONY: demo train related relevance evaluate test test-full check format lock wheel-smoke reference clean

demo: $(VENV)/.run
	$(BIN)/veille demo var/demo

test: $(VENV)/.dev
	$(BIN)/pytest $(WORKERS)

# What CI calls, as root on Debian: installs what tests need besides and fails where anything is missing.
test-full: $(VENV)/.dev
	scripts/install_test_programs.sh
	VEILLE_REQUIRE=$(SHARED)$(RIGHTS)postgres,chromium,smtp-sink,dovecot,cc,node,proc $(BIN)/pytest $(WORKERS)

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

wheel-smoke: $(VENV)/.dev
	scripts/wheel_smoke.sh

# Generated pages of docs/reference; a test compares them.
reference: $(VENV)/.dev
	$(BIN)/python scripts/write_reference.py

# The fitted weights, from labelled public sets (pipelines/model/README.md): make train GOLD=folder NAMES=file
GOLD ?= ../shared/gold
NAMES ?= ../shared/corpus/payloads/reference/cpv_fr_labels.json
train: $(VENV)/.dev
	$(BIN)/python pipelines/model/scripts/train.py $(GOLD) $(NAMES)

# The related words that axes are read with, from the same sets (pipelines/related/README.md).
related: $(VENV)/.dev
	$(BIN)/python pipelines/related/scripts/train.py $(GOLD) $(NAMES)

# What each part of a score weighs, from judged sets (pipelines/relevance/README.md).
JUDGED ?= $(addprefix tests/data/judgements/network2/,agri-eau sante-nutrition textile-mode btp-construction \
	aero-mecanique cosmetique-chimie logistique-ferroviaire tourisme-culture circulaire-dechets ess-silver)
relevance: $(VENV)/.dev
	$(BIN)/python pipelines/relevance/scripts/train.py $(JUDGED)

# Figures of records that the models have not seen, held to the floors and drawn, then of sets that they have not seen.
evaluate: $(VENV)/.dev
	$(BIN)/veille pipeline evaluate $(GOLD) --names $(NAMES) --floors tests/data/floors.json --report var/evaluation.html
	$(BIN)/veille pipeline evaluate $(GOLD) --names $(NAMES) --unseen

lock: $(VENV)/.dev
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--extra postgres pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--extra postgres --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "veille demande Python 3.11 ou plus récent")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements.lock pyproject.toml
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --editable .
	touch $@

$(VENV)/.dev: $(VENV)/bin/python requirements-dev.lock pyproject.toml
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $(VENV)/.run $@

clean:
	rm -rf $(VENV) dist build var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
