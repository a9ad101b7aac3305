# One line per target: what stands after `##` is what `make` prints.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test coverage check lint fix docs golden screenshots assets lock bench wheel-test clean

PYTHON ?= python3
BIN := .venv/bin
PAGES = $(wildcard README.md CONTRIBUTING.md docs/*.md)
LOCK = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command 'make lock'

# Help texts are as wide in the docs as on an 80-column terminal, wherever they are made.
export COLUMNS = 80
export PIP_DISABLE_PIP_VERSION_CHECK = 1

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "make %-12s %s\n", $$1, $$2 }'

demo: .venv/.run ## Import, check, render, build and send the sample publication
	@sh scripts/demo.sh

test: .venv/.installed ## Run the tests (ARGS='-k word' is passed to pytest)
	@sh scripts/test.sh $(ARGS)

# Apart from `test`: to count lines nearly doubles what a started command takes.
coverage: .venv/.installed ## Run the tests and tell which lines and branches they reach
	@sh scripts/test.sh --numprocesses auto --cov

check: lint test ## Everything a change must pass: lint, then test

lint: .venv/.installed ## Format, lint, types, layers and generated docs, without changing a file
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cog -I . --check $(PAGES)

fix: .venv/.installed ## Format, and repair what the linter can repair
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/.installed ## Rewrite the generated parts of the docs
	$(BIN)/cog -I . -r $(PAGES)

golden: .venv/.installed ## Rewrite tests/golden with what is made now; review it as a diff
	$(BIN)/python -m pytest -q -k golden --update-golden

screenshots: .venv/.installed ## Take pictures of the sample emails, the archive, the studio and the service
	$(BIN)/python -m scripts.screenshots
	$(BIN)/python -m scripts.archive_screenshots
	$(BIN)/python -m scripts.studio_screenshots
	$(BIN)/python -m scripts.service_screenshots

# One folder, one lock; a further bundle is a further entry of assets/build.mjs. Without
# them the editor is a plain text area, and the search finds whole words.
assets: ## Bundle what the browser gets from npm: editor and search (needs Node)
	cd assets && npm ci --no-update-notifier && node build.mjs

# dev first: the other locks follow its versions, so that all three go into one environment.
lock: .venv/.run ## Make requirements/*.txt anew from pyproject.toml
	$(BIN)/pip install --quiet --upgrade uv
	$(LOCK) pyproject.toml --extra postgres --extra ses --group dev -o requirements/dev.txt
	$(LOCK) pyproject.toml --constraints requirements/dev.txt -o requirements/run.txt
	$(LOCK) --group build --constraints requirements/dev.txt -o requirements/build.txt

bench: .venv/.installed ## Run the benchmarks
	$(BIN)/python -m benchmarks

wheel-test: .venv/.installed ## Build the wheel and use it outside the checkout
	@PYTHON=$(BIN)/python sh scripts/wheel_test.sh

# .newsletter/ stays: it may hold the subscribers of a real publication.
clean: ## Remove everything that can be made again (never the subscribers)
	rm -rf .venv .newsletter/demo site dist htmlcov tests/tools/node_modules
	rm -rf assets/node_modules newsletter/built
	rm -rf .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find newsletter tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# What `make demo` needs: the runtime dependencies and the build backend.
.venv/.run: requirements/run.txt requirements/build.txt pyproject.toml
	@PYTHON=$(PYTHON) sh scripts/venv.sh
	$(BIN)/pip install --quiet --require-hashes -r requirements/run.txt -r requirements/build.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.installed: .venv/.run requirements/dev.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@
