# `make demo` shows it running, `make test` proves it. Everything else: see README.md.
BROKER ?= auto
PORT ?= 0
BROKER_PORT ?= 0
DAYS ?= 90
HEADLESS ?=
DATA ?= demo-data
RUN_FOR ?= 0
WORKERS ?= 3
BIN := .venv/bin

.PHONY: demo test proof check format bench docs screenshots lock clean

demo: .venv/ready
	@exec $(BIN)/python deploy/demo.py --end-with-parent --broker="$(BROKER)" --port="$(PORT)" --broker-port="$(BROKER_PORT)" \
		--days="$(DAYS)" --data="$(DATA)" --run-for="$(RUN_FOR)" $(if $(filter-out 0,$(HEADLESS)),--headless)

test: .venv/ready
	@sh deploy/test-setup.sh
	$(BIN)/pytest -m "not proof" -n $(WORKERS)

proof: .venv/ready
	@sh deploy/test-setup.sh
	$(BIN)/pytest -m proof --timeout 900

check: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/nuomone-broker docs --check

format: .venv/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/ready
	@sh deploy/test-setup.sh
	$(BIN)/python -m tests.bench $(BENCH)

docs: .venv/ready
	$(BIN)/nuomone-broker docs

screenshots: .venv/ready
	@sh deploy/test-setup.sh
	$(BIN)/python deploy/screenshots.py
	$(BIN)/python -m kiosk.gallery docs/kiosk

# Needs uv. Pins every package for Python 3.11–3.13 on all platforms, with hashes and without addresses.
lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--python-version 3.11 --all-extras pyproject.toml -o requirements.lock

.venv/ready: requirements.lock pyproject.toml deploy/venv.sh
	@sh deploy/venv.sh

clean:
	rm -rf .venv build demo-data
