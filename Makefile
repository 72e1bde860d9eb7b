# What each target does: docs/commands.md
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := .venv/bin

# Set-up trusts what the machine trusts: a proxy that inspects TLS signs with a certificate of its own.
# UV_NATIVE_TLS is what older uv calls UV_SYSTEM_CERTS.
CERTIFICATES := $(shell python3 -c 'import ssl; print(ssl.get_default_verify_paths().cafile or "")')
export UV_SYSTEM_CERTS := 1
export UV_NATIVE_TLS := 1
export PIP_CERT ?= $(CERTIFICATES)
export NODE_EXTRA_CA_CERTS ?= $(CERTIFICATES)

# Hundreds of processes start here; where containers set this, each compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: conformance run test turn check bench load mutants serve faults docs
run: .venv/run-ready
	$(RUN)/lumbung demo

test: .venv/ready tests/browser/node_modules/ready
	$(RUN)/pytest -n 2 --dist loadgroup $$($(RUN)/python -m tests.turns suite)

turn: .venv/ready tests/browser/node_modules/ready
	$(RUN)/python -m tests.turns

check: .venv/ready
	$(UV) lock --check --quiet
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/pyrefly check
	$(RUN)/lint-imports
	$(RUN)/lumbung check assets/contracts sql tests/real/contracts tests/real/feeds
	$(RUN)/sqlfluff lint sql --disable-progress-bar --nocolor
	$(RUN)/pytest tests/house -q

bench: .venv/ready
	$(RUN)/python -m tests.bench
	$(RUN)/python -m tests.window.side_by_side

load: .venv/ready
	$(RUN)/python -m tests.window.load

# Modules or rooms of those that pyproject.toml names under tool.mutmut; SAMPLE of each.
MODULE ?= pipelines.contract pipelines.models pipelines.query
mutants: .venv/ready
	$(RUN)/python -m tests.mutants $(if $(SAMPLE),--sample $(SAMPLE)) $(MODULE)

serve: .venv/run-ready
	$(RUN)/lumbung serve

# April and May of the city, of which May is whole.
SEASON = LUMBUNG_CITY_DAYS=75 LUMBUNG_CITY_SCALE=0.01
faults: .venv/ready
	LUMBUNG_FAULTS=all $(RUN)/pytest tests/faults
	$(SEASON) $(RUN)/pytest tests/journey/test_kpis_*.py

docs: .venv/ready
	$(RUN)/python -m tests.house.generated

conformance: .venv/ready
	$(RUN)/python -m tests.conformance

# What runs is installed without the test tools, and takes away none that are there.
.venv/run-ready: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen --quiet --inexact --no-dev --extra demo
	@touch $@

.venv/ready: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen --quiet --all-extras
	@touch $@

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet uv

tests/browser/node_modules/ready: tests/browser/package-lock.json
	@if command -v npm >/dev/null; then npm ci --prefix tests/browser --ignore-scripts --no-fund --no-audit --silent && touch $@; \
	else echo "no npm: accessibility, HTML and Lighthouse are not tested; install the package npm"; fi
