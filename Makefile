# make demo and make test set themselves up: all they need is Python 3.11 or later.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
PIP     = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo docs check test test-second nightly attack fuzz lint format types proto proto-typescript bench clean

help:
	@echo "make demo    run techniques against a real language model, each in its own sandbox"
	@echo "make check   lint, types and the tests that start no server, while you work"
	@echo "make test    lint, types, the wire contract and the tests, in WORKERS=2 processes"
	@echo "make nightly every test, those that make test leaves out too, and longer fuzzing"
	@echo "make test-second  the language wall and its attacks on another Python, SECOND=python3.13"
	@echo "make attack  every attack against both walls and against each alone, as a table"
	@echo "make fuzz    random programs and damaged bytes for FUZZ_SECONDS=600"
	@echo "make docs    the documentation as a site, in site/"
	@echo "make lint | types | format | proto | proto-typescript | bench | clean"

# One stamp for each set of extras, so that a changed pyproject.toml reinstalls and nothing else does.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Cloche needs Python 3.11 or later; name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(BIN)/python pyproject.toml constraints.txt
	@echo "installing into $(VENV), in a minute or two ..."
	@$(PIP) -e '.[demo]'
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	@echo "installing into $(VENV), in a minute or two ..."
	@$(PIP) -e '.[dev,demo]'
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo
	$(BIN)/cloche demo

# Strictly: a page or a docstring that names what is not there fails it.
docs: $(VENV)/.dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --site-dir site

# How tests are dealt to processes: tests/support/distribution.py.
WORKERS ?= 2
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup
# What starts no server, and converts no model.
UNIT = tests/test_contract.py tests/server/front tests/server/hosting tests/server/walls/language \
  tests/client tests/attacks/test_corpus.py tests/attacks/test_batches.py \
  --ignore tests/client/modal --ignore tests/client/cli/test_demo.py \
  --ignore tests/client/test_with_server.py --ignore tests/client/convert/test_behind_the_walls.py

check: lint types
	$(PYTEST) -q $(UNIT)

# What fails beside other tests is run once more alone: tests/support/alone.py says which, and why not attacks.
test: lint types
	$(PYTEST) || $(BIN)/python -m tests.support.alone $$?

# The language wall and its attacks on another Python: make test-second SECOND=python3.13
SECOND ?= $(firstword $(foreach each,3.14 3.13 3.12,$(shell command -v python$(each))))
SECOND_VENV = .venv-second
test-second:
	@test -n "$(SECOND)" || { echo "no second Python here; name one: make test-second SECOND=..."; exit 1; }
	@test -x $(SECOND_VENV)/bin/python || $(SECOND) -m venv $(SECOND_VENV)
	$(SECOND_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(SECOND_VENV)/bin/python -m pytest -q tests/server/walls/language tests/attacks/test_language_alone.py \
	  -k "not succeeds_in_plain_python"

# Every test: those that `make test` leaves out too, more examples of each property, and a look at the
# next call after each single attack. Then what runs behind a server once more, over weights that are
# handed over as descriptors; CPython's own tests behind the wall, programs without end, and
# the attacks under gVisor.
nightly: lint types
	ATTACK_BATCH=1 FUZZ_SECONDS=60 $(PYTEST) -m 'nightly or not nightly'
	$(PYTEST) --weights handles tests/end_to_end tests/techniques/test_through_cloche.py \
	  tests/attacks/test_both_walls.py tests/attacks/test_kernel_wall_alone.py
	$(BIN)/python -m tests.conformance
	$(MAKE) fuzz
	$(BIN)/python -m tests.attacks.under_gvisor

attack: $(VENV)/.dev
	$(PYTEST) tests/attacks -q
	$(BIN)/python -m tests.attacks.under_gvisor

# Findings of the language wall are kept in fuzz-findings/; see tests/fuzz/README.md.
FUZZ_SECONDS ?= 600
fuzz: $(VENV)/.dev
	$(BIN)/python -m tests.fuzz.language --seconds $(FUZZ_SECONDS) --seed $$(date +%s) --full
	$(BIN)/python -m tests.fuzz.native --seconds $(FUZZ_SECONDS) --seed $$(date +%s)
	$(BIN)/python -m tests.fuzz.capabilities --seconds $(FUZZ_SECONDS) --seed $$(date +%s)
	FUZZ_SECONDS=$(FUZZ_SECONDS) $(BIN)/python -m pytest tests/fuzz --deselect tests/fuzz/test_language.py \
	  --deselect tests/fuzz/test_native.py --deselect tests/fuzz/test_capabilities.py \
	  -o timeout=0
	if $(BIN)/python -c 'import atheris' 2>/dev/null; then \
	  $(BIN)/python tests/fuzz/coverage_guided.py -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=0; \
	else echo "coverage-guided run left out: atheris is not installed (pip install atheris)"; fi

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache > /dev/null || $(BIN)/lint-imports --no-cache
	$(BIN)/buf lint
	$(BIN)/buf format --diff --exit-code

types: $(VENV)/.dev
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/buf format --write

proto: $(VENV)/.dev
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/buf generate
	$(BIN)/python -m grpc_tools.protoc --proto_path=proto --grpc_python_out=client cloche/v1/execution.proto

proto-typescript: $(VENV)/.dev
	cd examples/typescript && npm ci
	$(BIN)/buf generate --template buf.gen.typescript.yaml

bench: $(VENV)/.dev
	$(BIN)/python -m bench.speed
	$(BIN)/python -m bench.guard_overhead
	$(BIN)/python -m bench.large_results
	$(BIN)/python -m bench.wire_latency

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
