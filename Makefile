# The verbs of this repository. Everything runs in $(VENV), made from requirements.lock.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
export PATH := $(abspath $(BIN)):$(PATH)

.PHONY: demo serve stop test check bench quality fuzz lock clean

$(BIN)/lcm: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	test -x $(BIN)/uv || $(BIN)/python -m pip install -q --disable-pip-version-check uv
	$(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $(BIN)/lcm

demo: $(BIN)/lcm ## the sample year of the eight cities, from inbox to indicator workbook
	$(BIN)/lcm demo

serve: $(BIN)/lcm ## the office's own home (var/office)
	$(BIN)/lcm serve

stop: $(BIN)/lcm ## stop what demo and serve started
	$(BIN)/lcm stop

check: $(BIN)/lcm ## format, lint, types, imports, SQL, rules, catalogue
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=plugins $(BIN)/lint-imports --no-cache
	$(BIN)/sqlfluff lint -q sql
	$(BIN)/lcm rules check
	$(BIN)/lcm catalogue check

test: $(BIN)/lcm ## every test
	$(BIN)/pytest -q -n 2 --dist loadscope

bench: $(BIN)/lcm ## ratios against what a user would do instead, and a national year
	$(BIN)/python -m learning_city.cli.bench

quality: $(BIN)/lcm ## planted errors found, by kind
	$(BIN)/python -m learning_city.cli.quality

fuzz: $(BIN)/lcm ## 10,000 mutated workbooks and tables through the archive and the reader
	$(BIN)/python -m learning_city.cli.fuzz

lock: ## resolve the dependencies anew
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --group dev pyproject.toml -o requirements.lock --custom-compile-command "make lock"

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache
