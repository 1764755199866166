# Everything here works on a machine that has Python >= 3.11, git and make: the first run of a target makes .venv and
# installs what the target needs, in the versions of requirements/; later runs start at once.
#
#   make demo    watch a whole job happen on a local service
#   make test    every test but those of types
#   make check   formatting, lint, types and their tests
#   make docs    the documentation's site, in site/, and its snippets, links and completeness
#   make browser the emulator's page, in headless Chromium, which must be there
#   make bench   the benchmarks, side by side with the official SDK
#   make lock    renew requirements/ from pyproject.toml
#   make clean   remove .venv and everything that was made

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test check docs browser bench lock clean
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(shell for p in "$$PYTHON" python3.11 python3 python3.12 python3.13 python3.14 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ARGS ?=

help:
	@sed -n 's/^#   make/make/p' Makefile

demo: $(VENV)/run.stamp
	@$(BIN)/ttdw demo $(ARGS)

test: $(VENV)/test.stamp
	@$(BIN)/python -m pytest --ignore tests/typing $(ARGS)

check: $(VENV)/check.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python src
	$(BIN)/python tools/stubs.py --check
	@$(BIN)/python -m pytest tests/typing

docs: $(VENV)/docs.stamp
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "The site is in site/; open site/index.html." >&2
	@$(BIN)/python -m pytest tests/docs $(ARGS)

browser: $(VENV)/browser.stamp
	@$(BIN)/python -m pytest tests/browser $(ARGS)

bench: $(VENV)/test.stamp
	@$(BIN)/python benchmarks/run.py $(ARGS)

# One lock for each need, each holding those before it; a stamp is as new as what was installed from its lock.
$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Making .venv with $(PYTHON); this happens once." >&2
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/run.stamp: requirements/run.txt pyproject.toml src/ttd_workflows/version.py | $(VENV)/pyvenv.cfg
	@echo "Installing requirements/run.txt and this package …" >&2
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.stamp: requirements/test.txt $(VENV)/run.stamp
	@echo "Installing requirements/test.txt …" >&2
	@$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/%.stamp: requirements/%.txt $(VENV)/test.stamp
	@echo "Installing requirements/$*.txt …" >&2
	@$(PIP) install --require-hashes -r $<
	@touch $@

# all.txt is resolved first and binds the others, so that a package has one version in all of them.
COMPILE := $(BIN)/uv pip compile pyproject.toml requirements/build.in --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet $(ARGS)

lock: $(VENV)/pyvenv.cfg
	@$(PIP) install 'uv>=0.9'
	$(COMPILE) --all-extras --group test --group check --group browser --group docs --output-file requirements/all.txt
	$(COMPILE) --all-extras --group test --group check --constraint requirements/all.txt --output-file requirements/check.txt
	$(COMPILE) --all-extras --group test --group docs --constraint requirements/all.txt --output-file requirements/docs.txt
	$(COMPILE) --all-extras --group test --group browser --constraint requirements/all.txt --output-file requirements/browser.txt
	$(COMPILE) --all-extras --group test --constraint requirements/all.txt --output-file requirements/test.txt
	$(COMPILE) --extra cli --extra emulator --constraint requirements/all.txt --output-file requirements/run.txt

clean:
	rm -rf $(VENV) .witness .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist site
