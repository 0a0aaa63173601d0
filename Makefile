# `make run` and `make test` are all a newcomer needs; `make help` lists the rest.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
export PORT

.PHONY: help
help: ## Show this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/uv: requirements/uv.txt
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/base: requirements/base.txt $(VENV)/uv
	@$(UV) pip install -q --require-hashes --python $(BIN)/python -r requirements/base.txt
	@touch $@

$(VENV)/dev: requirements/dev.txt $(VENV)/base
	@$(UV) pip install -q --require-hashes --python $(BIN)/python -r requirements/dev.txt
	@touch $@

ASSET_SOURCES := package.json static/build_assets.py $(shell find static templates -type f \( -name '*.css' -o -name '*.js' -o -name '*.html' -o -name '*.svg' -o -name '*.png' \))
locale/.compiled: $(VENV)/base $(wildcard locale/*/LC_MESSAGES/*.po)
	@$(BIN)/pybabel -q compile -d locale -D django
	@touch $@

build/.assets: locale/.compiled $(VENV)/base package-lock.json $(ASSET_SOURCES)
	@$(BIN)/python static/build_assets.py
	@touch $@

var/static/.collected: build/.assets
	@$(BIN)/python manage.py collectstatic --noinput --clear -v0
	@touch $@

.PHONY: run
run: var/static/.collected ## Start the whole site with demo data on PORT (8000).
	@$(BIN)/python -m gigstream.core.devserver --migrate --seed

.PHONY: test
test: $(VENV)/dev var/static/.collected ## Run the whole suite: SQLite, then PostgreSQL and the browser where there are any.
	@$(BIN)/python tests/run.py

.PHONY: test-money
test-money: $(VENV)/dev ## Walk far through all that may happen to money, kill the site at every step (MINUTES=60).
	@MONEY_MINUTES=$(or $(MINUTES),60) $(BIN)/python -m pytest -q -s tests/payments/test_machine.py tests/crashes

.PHONY: mails
mails: $(VENV)/dev ## Write down anew what mails look like, after a change that is meant; git shows it.
	@RENEW_MAILS=1 $(BIN)/python -m pytest -q tests/messaging/test_mails.py

.PHONY: test-api
test-api: $(VENV)/dev build/.assets ## Ask each operation of the API for long, in good ways and bad (EXAMPLES=100).
	@API_EXAMPLES=$(or $(EXAMPLES),100) $(BIN)/python -m pytest -q tests/api/test_document.py

.PHONY: bench-api
bench-api: $(VENV)/dev build/.assets ## Compare what lists cost as JSON and as pages.
	@$(BIN)/python bench/api.py

.PHONY: mutants
mutants: $(VENV)/dev ## Change the ledger's code in a hundred places, and see its tests fail.
	@$(BIN)/python -m tests.mutants

TILL := tests/payments tests/orders tests/admin_panel tests/accounts/test_close.py tests/accounts/test_export.py \
  tests/api/test_wallet.py tests/api/test_changes.py
.PHONY: coverage
coverage: $(VENV)/dev build/.assets ## Measure what tests reach of payments, and of what moves orders.
	@$(BIN)/coverage run --branch --source=payments,orders/actions --omit='*/migrations/*' -m pytest -q -m "not race and not journey" $(TILL)
	@$(BIN)/coverage report -m --skip-covered --fail-under=100

.PHONY: check
check: $(VENV)/dev build/.assets ## Format, lint, types, imports, migrations, templates, deployment.
	@$(BIN)/python tests/check.py

SIZES ?= 10000 200000
.PHONY: bench-search
bench-search: $(VENV)/base ## Measure the marketplace on PostgreSQL; SIZES="10000 200000 1000000".
	@$(BIN)/python bench/search.py $(SIZES)

.PHONY: bench-chat
bench-chat: $(VENV)/dev build/.assets ## Measure messages between two browsers, long threads and many sockets (SOCKETS=1000).
	@$(BIN)/python bench/chat.py $(or $(SOCKETS),1000)

.PHONY: bench-money
bench-money: $(VENV)/base ## Measure webhooks, wallets and the check of a big ledger on PostgreSQL (LEGS=1000000).
	@$(BIN)/python bench/money.py $(or $(LEGS),1000000)

.PHONY: bench
bench: $(VENV)/dev build/.assets ## Measure pages under granian and gunicorn, SQLite and PostgreSQL, and the worker.
	@$(BIN)/python bench/site.py

.PHONY: audit
audit: $(VENV)/dev var/static/.collected ## Weigh fourteen pages, and put them to axe and Lighthouse (RUNS=3).
	@$(BIN)/python bench/audit.py $(or $(RUNS),1)

.PHONY: bench-load
bench-load: $(VENV)/dev build/.assets ## Ask the production stack for four times what it can do, then for a part for MINUTES=10.
	@$(BIN)/python bench/load.py $(or $(MINUTES),10)

.PHONY: bench-page
bench-page: $(VENV)/dev ## Measure what a page of the marketplace costs the processor.
	@$(BIN)/python bench/page.py

.PHONY: prod-smoke
prod-smoke: $(VENV)/dev build/.assets ## Start the production stack here, without containers, and buy something in it.
	@$(BIN)/python deploy/smoke.py

.PHONY: restore-drill
restore-drill: $(VENV)/dev ## Dump a database, restore the dump, compare: DATABASE_URL=postgres://…
	@test -n "$(DATABASE_URL)" || { echo "Say which: make restore-drill DATABASE_URL=postgres://… (make prod-smoke ends with a drill of its own)"; exit 2; }
	@$(BIN)/python deploy/restore_drill.py "$(DATABASE_URL)" $(if $(ADMIN_URL),--admin "$(ADMIN_URL)")

.PHONY: messages
messages: $(VENV)/dev ## Collect what is to be translated into locale/ (needs GNU gettext).
	@DJANGO_SETTINGS_MODULE=gigstream.settings.test $(BIN)/python manage.py makemessages -l de --no-location --no-obsolete --no-wrap $(foreach each,node_modules $(VENV) build var tests bench deploy,-i $(each))

COMPILE := $(UV) pip compile -q --generate-hashes --universal --python-version 3.11 --no-header --no-annotate
.PHONY: migrations
migrations: $(VENV)/dev ## Make migrations; name them: make migrations APP=orders NAME=order_has_a_tip.
	@DJANGO_SETTINGS_MODULE=gigstream.settings.test $(BIN)/python manage.py makemigrations $(APP) $(if $(NAME),-n $(NAME))

.PHONY: lock
lock: $(VENV)/uv ## Renew the pinned requirements from pyproject.toml.
	@$(COMPILE) pyproject.toml -o requirements/base.txt
	@$(COMPILE) pyproject.toml --group dev -o requirements/dev.txt
	@$(COMPILE) --group bootstrap -o requirements/uv.txt

.PHONY: clean
clean: ## Remove everything that was built, the demo data too.
	@rm -rf $(VENV) node_modules build var locale/.compiled locale/*/LC_MESSAGES/*.mo .mypy_cache .ruff_cache
