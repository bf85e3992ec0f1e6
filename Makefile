# make demo · make test: each sets everything up on a fresh machine by itself.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Two processes for two cores, and two that fill the gaps in which one of them waits.
PYTEST := $(BIN)/pytest -n 4 --dist loadgroup
# The tests start Python some hundred times; without its compiled files each start compiles the package anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-all browser-test colab-test lint format build setup clean

demo: $(READY)  ## a small sample class, graded with plain nbgrader
	@$(BIN)/autograder demo --folder build/demo </dev/null

test: $(READY)  ## the proof of the course, as far as five minutes go
	@$(PYTEST) -m "not slow" --durations=10 --durations-min=1 </dev/null

test-all: $(READY)  ## all of it
	@$(PYTEST) --durations=10 --durations-min=1 </dev/null

# Playwright drives the system's Chromium: its own is not downloaded. axe-core comes from npm, where there is one.
CHROMIUMS := chromium chromium-browser google-chrome-stable google-chrome
browser-test: $(READY)  ## the tests in a real browser; pictures of what it showed are left in build/browser
	@test -n "$$AUTOGRADER_BROWSER" -o -n "$$(for name in $(CHROMIUMS); do command -v $$name; done)" || \
	  { echo "No Chromium is installed. On Debian or Ubuntu: apt-get install chromium. AUTOGRADER_BROWSER=/path names another one."; exit 1; }
	@$(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check -c constraints.txt -e '.[dev,browser]' </dev/null
	@test -n "$$AUTOGRADER_AXE" -o -f build/axe/package/axe.min.js || \
	  { mkdir -p build/axe && cd build/axe && npm pack --silent axe-core >/dev/null && tar xzf axe-core-*.tgz; } || \
	  echo "axe-core did not come from npm: the tests of accessibility are skipped. On Debian or Ubuntu: apt-get install npm"
	@$(BIN)/pytest tests/browser -m browser --durations=10 </dev/null

# An environment of its own, in build/colab, with Colab's versions and without this package. Several minutes: the lessons train.
COLAB := build/colab
colab-test: $(COLAB)/.ready  ## each lesson from its single file, blank and solved, with Colab's versions
	@$(COLAB)/bin/python tests/colab/run.py $(LESSONS) </dev/null

$(COLAB)/.ready: tests/colab/packages.txt tests/colab/constraints.txt
	@echo "Setting up $(COLAB) with Colab's versions: 2 GB, a few minutes the first time."
	@test -x $(COLAB)/bin/python || $(PYTHON) -m venv $(COLAB)
	@$(COLAB)/bin/python -m pip install --quiet --no-input --disable-pip-version-check \
	  -c tests/colab/constraints.txt -r tests/colab/packages.txt </dev/null
	@touch $@

lint: $(READY)  ## style, format, who may import whom, declared dependencies, types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry . 2>&1
	@$(BIN)/mypy autograder

format: $(READY)
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

build: $(READY)  ## notebooks from the scripts
	@$(BIN)/autograder build

setup: $(READY)

# pip and venv are the only tools; the constraints file fixes every version that was tried.
$(READY): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || \
	  { echo "$(PYTHON) is not installed. On Debian or Ubuntu: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed, this is $$($(PYTHON) -V 2>&1). Say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Setting up $(VENV): TensorFlow and Jupyter take a few minutes to download the first time."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check -c constraints.txt -e '.[dev]' </dev/null
	@touch $@

clean:
	rm -rf $(VENV) build .pytest_cache .ruff_cache .mypy_cache .import_linter_cache
