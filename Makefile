# Each target sets up what it needs. Only Python 3.11 or newer, make and PyPI are taken for granted.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

SECONDS := 60

.PHONY: help demo test check bench fuzz test-kafka generate docs format clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

demo: .venv/installed ## Show the whole path on an embedded broker and tally serve
	@$(BIN)/python -m meridian_pipelines.demo

test: .venv/installed-dev ## Run the tests
	$(BIN)/pytest -m "not kafka" -n 2 -q

test-kafka: .venv/installed-dev ## Run the path against a real Apache Kafka (Java 17 and Maven)
	TALLY_TEST_KAFKA=1 $(BIN)/pytest -m kafka -q -p no:randomly

check: .venv/installed-dev ## Lint, types, layers, generated files, contracts
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell
	$(BIN)/buf lint
	$(BIN)/python scripts/build_docs.py --check
	$(BIN)/python scripts/compare_with_buf.py --check
	$(BIN)/python scripts/compare_lint_with_buf.py --check
	$(BIN)/tally generate --check
	$(BIN)/tally check

bench: .venv/installed-peers ## Measure, side by side with peers
	$(BIN)/python benchmarks/codec.py
	@echo
	$(BIN)/python benchmarks/rules.py
	@echo
	$(BIN)/python benchmarks/start.py
	@echo
	$(BIN)/python benchmarks/gate.py
	@echo
	$(BIN)/python benchmarks/registry.py
	@echo
	$(BIN)/python benchmarks/generate.py

fuzz: .venv/installed-fuzz ## Throw bytes at the decoders, guided by coverage (SECONDS=60)
	@mkdir -p .fuzz
	$(BIN)/python fuzz/decoders.py .fuzz -max_total_time=$(SECONDS) -max_len=4000 -rss_limit_mb=1000 -timeout=5 \
		-artifact_prefix=.fuzz/ -verbosity=0

generate: .venv/installed ## Write src/meridian_events from contracts/
	$(BIN)/tally generate

docs: .venv/installed-dev ## Write docs/rules, docs/cli and the comparisons with buf from the code
	$(BIN)/python scripts/build_docs.py
	$(BIN)/python scripts/compare_with_buf.py
	$(BIN)/python scripts/compare_lint_with_buf.py

format: .venv/installed-dev ## Format and mend what can be mended
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --quiet --fix .

clean: ## Remove what the other targets made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .fuzz .import_linter_cache dist

.venv/installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "tallystick needs Python 3.11 or newer; set PYTHON=/path/to/python3" >&2; exit 2; }
	@if command -v uv >/dev/null; then uv venv --quiet --allow-existing --seed --python "$(PYTHON)" .venv; \
	else "$(PYTHON)" -m venv .venv || { echo "python3 has no venv; on Debian: apt-get install python3-venv" >&2; exit 2; }; fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/installed-fuzz: .venv/installed-dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group fuzz
	@touch $@

.venv/installed-peers: .venv/installed-dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group peers
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary fastavro --dest .venv/sources fastavro
	@touch $@

.venv/installed-dev: .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@
