# demo and test each work alone in a fresh clone: python3.11+, pip and make are enough.
PYTHON ?= python3
# As many as cores are asked for: each imports and collects everything, which takes 20 s of a core.
JOBS ?= 2
BIN := .venv/bin
INSTALLED := .venv/.installed

# Where the machine forbids compiled modules, each start of tsa would compile them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check bench soak docs lock format

help: ## what there is to make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(INSTALLED) ## sample data through the whole pipeline, answers on screen
	@$(BIN)/tsa demo tsa-demo

test: $(INSTALLED) ## every test but the soak and the tour of `make check`
	$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

check: $(INSTALLED) ## format, lint, types, import contracts, generated docs, the tour with a built wheel
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/make_docs.py --check
	$(BIN)/pytest -m wheel tests/test_wheel.py

bench: $(INSTALLED) ## the same work by tsa and by its peers, side by side
	$(BIN)/python -m benchmarks.run --events 10M

soak: $(INSTALLED) ## the long tests: kills, mutated files, random histories
	$(BIN)/pytest -n $(JOBS) -m soak --timeout 7200

docs: $(INSTALLED) ## docs/cli.md and docs/tables.md from the program itself
	$(BIN)/python tools/make_docs.py

format: $(INSTALLED) ## put the code into the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(INSTALLED) ## constraints.txt from what is installed
	@echo '# Exact versions of everything that is installed; written by `make lock`.' > constraints.new
	@$(BIN)/python -m pip freeze --exclude-editable >> constraints.new
	@mv constraints.new constraints.txt

$(INSTALLED): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@if command -v uv >/dev/null 2>&1; then \
	    uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[dev]'; \
	else \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'; \
	fi
	@touch $@
