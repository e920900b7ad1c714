.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# `make demo RUN=runs/mine STEPS=1000` trains longer, elsewhere; MINUTES=30 in place of STEPS bounds it by the clock.
RUN ?= runs/demo
STEPS ?= $(if $(MINUTES),4000,150)

.PHONY: help setup demo serve test lint format docs tensorboard check-install release clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: Python 3.11 or newer is needed; give one as make PYTHON=python3.11" >&2; exit 1; }
	@echo "setting up .venv: some 7 GB and minutes, 2.4 GB where torch is a CPU build (docs/installation.md)"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[judges,import,synthetic,lhotse,huggingface,serve,dev,docs]'
	@touch $@

setup: .venv/installed ## Install everything into .venv (the other targets do it themselves)

demo: .venv/installed ## Fetch recordings, train the base to speak like them, speak: 7 minutes on two cores
	@$(BIN)/python scripts/demo.py run_dir=$(RUN) trainer.max_steps=$(STEPS) $(if $(MINUTES),trainer.max_minutes=$(MINUTES))

# The demo's voice, or the base where there is none; `make serve VOICES=my_voices PORT=8080` serves others.
VOICES ?= $(if $(wildcard $(RUN)/voice/voice.json),$(RUN),base)
PORT ?= 8000

serve: .venv/installed ## Serve the demo's voice, or the base, by HTTP, and print the address
	@$(BIN)/python scripts/serve.py voices=$(VOICES) port=$(PORT)

test: .venv/installed ## Run the test suite, a process per core
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n logical --dist worksteal

lint: .venv/installed ## Check style, types, and that imports go downwards
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache

format: .venv/installed ## Put the code in order
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

docs: .venv/installed ## Build the documents as a site into build/docs, warnings being errors
	@$(BIN)/sphinx-build -q -W --keep-going -b html docs build/docs && echo "build/docs/index.html"

check-install: ## Use the wheel in empty environments, once with the lowest versions; needs no .venv
	$(PYTHON) scripts/check_install.py
	$(PYTHON) scripts/check_install.py lowest

release: .venv/installed ## Build sdist and wheel, check them, and say how to publish them
	rm -rf dist
	$(BIN)/python -m build --outdir dist
	$(BIN)/python -m twine check --strict dist/*
	@version=$$($(BIN)/python -c 'import tts; print(tts.__version__)'); \
	grep -q "^## $$version" CHANGELOG.md || { echo "error: CHANGELOG.md has no entry for $$version" >&2; exit 1; }; \
	echo "To publish $$version:"; \
	echo "  git tag v$$version && git push origin v$$version"; \
	echo "  $(BIN)/python -m twine upload dist/smma_tts-$$version*"

tensorboard: .venv/installed ## Watch the runs in runs/
	@$(BIN)/tensorboard --logdir runs

clean: ## Remove the environment, caches and build outputs; runs and prepared corpora stay
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
