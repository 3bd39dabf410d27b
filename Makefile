# make help lists what there is. Nothing here needs the network once `make setup` has run.
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python
CODE := vr_runtime clinician_console scenes tests benchmarks scripts assets examples
HERE = $(wildcard $(CODE))

# Many tests start programs; each would compile all of its modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Three parts, each side by side: tests know no clock but the one they are given, or wait for whatever takes its time on a
# busy machine. Browsers come by themselves, one a process, and so do headsets, each process with labs of its own.
BESIDE := --dist loadfile --no-loadscope-reorder
SIDE_BY_SIDE := $(addprefix tests/,whole console display link measures packaging patient protocol record scenes sensors \
    session stage store)
BROWSERS := tests/console

.PHONY: help setup demo test lint format types walls pytest proof bench pictures console-pictures wheel pins xr-lab clean

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18

setup: .venv/.installed ## everything that running and testing takes; again only when something changed

demo: setup ## a scripted session from end to end; LIVE=1 opens a window and a browser and leaves you in control
	@$(RUN) scripts/demo.py $(if $(LIVE),--live)

test: setup ## everything that a change must pass
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint walls xr-lab
	@$(MAKE) --no-print-directory --jobs 2 types pytest

lint: setup ## habits of style
	@$(BIN)/ruff check $(HERE)
	@$(BIN)/ruff format --check $(HERE)

format: setup ## put the style right
	@$(BIN)/ruff check --fix $(HERE)
	@$(BIN)/ruff format $(HERE)

types: setup ## types
	@$(BIN)/basedpyright --pythonpath $(RUN)

walls: setup ## which room may import which
	@$(BIN)/lint-imports --no-logo

pytest: xr-lab ## the tests alone; ARGS="tests/link -k lease" narrows them
ifeq ($(strip $(ARGS)),)
	@$(RUN) -m pytest $(BESIDE) --numprocesses auto -m "not proof and not browser" $(SIDE_BY_SIDE)
	@$(RUN) -m pytest $(BESIDE) --numprocesses 2 -m "browser and not proof" $(BROWSERS)
	@$(RUN) -m pytest $(BESIDE) --numprocesses 2 $(foreach folder,$(SIDE_BY_SIDE),--ignore=$(folder))
else
	@$(RUN) -m pytest $(ARGS)
endif

proof: xr-lab ## what takes long; its figures belong in docs/
	@$(RUN) -m pytest -m proof -s $(ARGS)
	@PALIER_COURSES=3000 $(RUN) -m pytest tests/session/test_properties.py tests/session/test_treated.py tests/measures --timeout 3600

bench: xr-lab ## measurements
	@$(RUN) -m benchmarks $(ARGS)

# In CI it fails where no lab can be made; elsewhere it says so, and the tests of the headset display are skipped.
xr-lab: setup ## an OpenXR runtime without a headset, in the user's cache; once (docs/openxr-lab.md)
	@$(RUN) scripts/xr-lab make --if-possible

pictures: setup ## contact sheets of every step of every scene, into docs/pictures
	@$(RUN) scripts/pictures.py $(ARGS)

console-pictures: setup ## every page of the console, into docs/pictures/console
	@$(RUN) scripts/console_pictures.py $(ARGS)

wheel: setup ## dist/palier-*.whl
	@$(RUN) -m hatchling build -t wheel

pins: setup ## write requirements/*.txt anew (needs the network); ARGS=--upgrade for newer versions
	@$(RUN) scripts/pins.py $(ARGS)

clean: ## remove what was built; the virtual environment too
	rm -rf .venv build dist out .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

.venv/.packages: requirements/dev.txt scripts/system-packages
	@PYTHON="$(PYTHON)" scripts/system-packages
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Palier needs Python 3.11 or newer, and $(PYTHON) is $$("$(PYTHON)" --version 2>&1)." \
	       "Install a newer one and run: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "making .venv"; "$(PYTHON)" -m venv .venv; }
	@echo "installing Python packages (some minutes the first time)"
	@$(RUN) -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r requirements/dev.txt
	@touch $@

.venv/.installed: .venv/.packages pyproject.toml
	@$(RUN) -m pip install -qq --disable-pip-version-check --no-input --no-deps --no-build-isolation -e .
	@touch $@
