# Everything starts here, on nothing but this repository and Python. `make help` tells what there is.
PYTHON ?= python3
START = $(PYTHON) swexpertise/start/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench services services-stop install manage

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: ## run the whole platform with its demo world, until Ctrl-C (PORT=8000)
	@$(START) run

test: ## run all tests with every real service they need (ARGS="-k thread" for some)
	@$(START) test $(ARGS)

lint: ## check format, style, templates, types, imports and deployment settings
	@$(START) lint

format: ## put code and templates in the agreed form
	@$(START) format

bench: ## measure (ARGS="discussions" for one app)
	@$(START) bench $(ARGS)

services: ## start PostgreSQL and Valkey in the background, for development and quick tests
	@$(START) services

services-stop: ## stop what `make services` started
	@$(START) services stop

install: ## make the environment from the lock file, and nothing more
	@$(START) install

manage: ## run a management command against the background servers (ARGS="shell")
	@$(START) manage $(ARGS)
