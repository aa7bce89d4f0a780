# Two commands do all their own set-up: `make run` opens the dashboard, `make test` proves it.
# Another Python:  make run PYTHON=python3.12     Another port:  make run PORT=8600
# (Written for GNU make 3.81 and bash 3.2, which is what a Mac has.)

SHELL  := /bin/bash
PYTHON ?=
PORT   ?= 8501
VENV   := .venv
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip install --disable-pip-version-check --quiet

.PHONY: help run test check format bench bench-ui load soak fuzz audit stills lock clean

help:
	@echo "make run       open the dashboard in the browser"
	@echo "make test      all tests, the browser's included"
	@echo "make check     lint, types, and which room may import which"
	@echo "make format    lay the code out"
	@echo "make bench     the engine against plain SimPy and Ciw"
	@echo "make bench-ui  how soon a click is painted"
	@echo "make load      how many people one server bears"
	@echo "make soak      an hour of visitors, and an hour of a browser at random: what breaks, what grows"
	@echo "make fuzz      a hundred thousand broken inputs, by every way in"
	@echo "make audit     what is known against the pinned packages"
	@echo "make stills    take the still picture of every beat of the talk"
	@echo "make lock      renew the lock files from pyproject.toml"
	@echo "make clean     remove everything that these made"

run: $(VENV)/run.stamp
	$(PY) -m streamlit run app.py --server.port $(PORT)

# The browser tests come last, and two files at a time at most: they watch a clock, and want the machine to themselves.
test: $(VENV)/dev.stamp
	@$(PY) -m pytest -n 2 -m "not browser"
	@QUAYSIDE_CHROMIUM="$$(bash scripts/find_chromium.sh $(PY))" && export QUAYSIDE_CHROMIUM && $(PY) -m pytest -n 2 --dist loadfile tests/browser -m browser

check: $(VENV)/dev.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/dev.stamp
	$(PY) -m ruff check --fix-only --quiet .
	$(PY) -m ruff format .

bench: $(VENV)/dev.stamp
	$(PY) -m engine bench

bench-ui: $(VENV)/dev.stamp
	@QUAYSIDE_CHROMIUM="$$(bash scripts/find_chromium.sh $(PY))" && export QUAYSIDE_CHROMIUM && $(PY) -m tests.browser.bench_ui

# Protocol clients, no browser. Some minutes; `$(PY) -m tests.load --help` says how to ask for less.
load: $(VENV)/dev.stamp
	$(PY) -m tests.load

# Two hours; `make soak MINUTES=10` is twenty minutes. A walk's steps are written down: `$(PY) -m tests.soak --browser --seed 1 --steps 200`.
soak: $(VENV)/dev.stamp
	$(PY) -m tests.soak --minutes $(or $(MINUTES),60)
	@QUAYSIDE_CHROMIUM="$$(bash scripts/find_chromium.sh $(PY))" && export QUAYSIDE_CHROMIUM && $(PY) -m tests.soak --browser --minutes $(or $(MINUTES),60)

# Minutes, by seed: what it finds can be found again. `$(PY) -m tests.fuzz --help` says how to ask for less.
fuzz: $(VENV)/dev.stamp
	$(PY) -m tests.fuzz

# ADVISORIES=FILE: a stored copy of OSV's records for PyPI, where there is no network. Says 2 where nobody could be asked.
audit: $(VENV)/run.stamp
	$(PY) scripts/audit.py requirements.lock $(if $(ADVISORIES),--advisories $(ADVISORIES))

# For the hall when a page cannot be shown: run it when a beat, or how its page looks, has changed.
stills: $(VENV)/dev.stamp
	@QUAYSIDE_CHROMIUM="$$(bash scripts/find_chromium.sh $(PY))" && export QUAYSIDE_CHROMIUM && $(PY) -m tests.browser.stills

# One resolution for Linux and macOS, Python 3.11 to 3.13, with hashes and without a registry's name.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --quiet --custom-compile-command "make lock" --upgrade
lock: $(VENV)/dev.stamp
	$(PIP) uv
	$(PY) -m $(LOCK) -o requirements.lock
	$(PY) -m $(LOCK) --extra dev -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache tests/browser/out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Made again only when the lock changed. The developer's lock holds all of the other one.
$(VENV)/run.stamp: requirements.lock $(PY)
	@echo "Installing what the dashboard needs (once)…"
	$(PIP) -r requirements.lock
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(PY)
	@echo "Installing what the tests need (once)…"
	$(PIP) -r requirements-dev.lock
	@touch $@ $(VENV)/run.stamp

$(PY):
	@bash scripts/make_venv.sh $(VENV) "$(PYTHON)"
