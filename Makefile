# Needs Python 3.11 or later and GNU make; everything else is installed into .tools and .venv.
#
#   make run        the portal on http://127.0.0.1:8000 (PORT=… for another port)
#   make test       all tests; PYTEST_ARGS="tests/unit -k nik" for some
#   make check      style, types, layers, migrations
#   make bench      what it carries beside what the machine could; ONLY=accept,drain for some rows
#   make bench-growth  what two million applications cost the pages; takes long
#   make round      the biggest round ever, 1,799,332 registrations; REGISTRATIONS=20000 for a part
#   make load       people at the portal, by a shape of a day; SHAPE=spike PEAK=40 MINUTES=3
#   make cluster    portals and workers on hosts of their own, some cut off in the middle; needs root
#   make capacity   what a household costs, and what a city or the country needs, into docs/capacity.md
#   make outlines   the kelurahan's outlines for phones, out of registry/data
#   make voices     the sound files that are missing (needs espeak-ng and opus-tools)
#   make messages   new texts into the catalogues of other languages
#   make gallery    pictures of every screen, into docs/screens
#   make lighthouse Lighthouse's marks for the pages of a slow phone

UV_VERSION := 0.13.9
OLDEST_PYTHON := 3, 11
MAKEFLAGS += --no-builtin-rules

# Where this is set, each of the many processes would compile every module that it imports anew.
unexport PYTHONDONTWRITEBYTECODE

# The first Python that is new enough; PYTHON=… decides otherwise.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < ($(OLDEST_PYTHON)))' 2>/dev/null \
	&& { echo "$$python"; break; }; done)

ONLY ?=
SHAPE ?= day
PEAK ?= 40
MINUTES ?= 3
TARGET ?=
PORTALS ?= 2
WORKERS ?= 2
RATE ?= 50
TESTERS ?= auto
PYTEST_ARGS ?=

# uv stays out of .venv: a sync removes what the lock file does not name.
UV := .tools/bin/uv
SYNC := UV_PYTHON=.tools/bin/python UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv \
	$(UV) sync --quiet --locked

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check bench bench-growth round load cluster capacity outlines voices messages gallery lighthouse

help:
	@sed -n 's/^#   make/make/p' Makefile

run: .venv/.installed-to-run
	@.venv/bin/fmotm up --end-with-parent

test: .venv/.installed
	@.venv/bin/python -m tests.browser.chromium
	@.venv/bin/python -m tests.npm w3c
	@.venv/bin/python -m pytest -n $(TESTERS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

check: .venv/.installed
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/fmotm db check --scratch

bench: .venv/.installed-to-bench
	@.venv/bin/python -m loadtests.bench --only "$(ONLY)"

bench-growth: .venv/.installed
	@.venv/bin/python -m loadtests.growth

round: .venv/.installed
	@.venv/bin/python -m loadtests.round

load: .venv/.installed-to-bench
	@.venv/bin/python -m loadtests.load --shape "$(SHAPE)" --peak "$(PEAK)" --minutes "$(MINUTES)" --target "$(TARGET)"

cluster: .venv/.installed
	@.venv/bin/python -m loadtests.cluster --portals "$(PORTALS)" --workers "$(WORKERS)" --rate "$(RATE)"

capacity: .venv/.installed
	@.venv/bin/python -m loadtests.capacity --measure

outlines: .venv/.installed-to-run
	@.venv/bin/python -m portal.outlines

voices: .venv/.installed
	@.venv/bin/fmotm voices make

messages: .venv/.installed
	@.venv/bin/python -m portal.messages

gallery: .venv/.installed
	@.venv/bin/python -m tests.browser.gallery

lighthouse: .venv/.installed
	@.venv/bin/python -m tests.lighthouse

# What runs the portal. Keeps the tests' packages where they are installed already.
.venv/.installed-to-run: uv.lock pyproject.toml $(UV)
	@echo "Installing what the portal needs into .venv ..."
	@$(SYNC) --inexact --no-default-groups --group embedded
	@touch $@

.venv/.installed: uv.lock pyproject.toml $(UV)
	@echo "Installing what the portal and its tests need into .venv ..."
	@$(SYNC)
	@touch .venv/.installed-to-run $@

# Adds what measures; nothing else needs it.
.venv/.installed-to-bench: .venv/.installed
	@echo "Installing what \`make bench\` needs into .venv ..."
	@$(SYNC) --inexact --group load
	@touch $@

# Named by version, so that another version is fetched; a half-made folder is begun anew.
$(UV): .tools/uv-$(UV_VERSION)

.tools/uv-$(UV_VERSION):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: install it, or set PYTHON to it." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < ($(OLDEST_PYTHON)))' 2>/dev/null \
		|| { echo "PYTHON=$(PYTHON) is not Python 3.11 or later." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv module is missing: on Debian and Ubuntu, apt install python3-venv" >&2; exit 1; }
	@"$(PYTHON)" -m venv --clear .tools
	@echo '*' > .tools/.gitignore
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@
