# Thin on purpose: needs make and Python >= 3.11, everything else is in scripts/ and in the command `taizhang`.

PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
PYTEST_OPTIONS ?=

.PHONY: setup develop demo test check check-documents bench campaign docs nightly leaks sbom wheels clean

setup: ## .venv with the command taizhang, built assets
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更高版本（含 venv）。Python >= 3.11 with venv is needed (Debian: apt install python3-venv)."; exit 1; }
	@$(PYTHON) scripts/setup.py

develop: ## setup, and what tests and checks need
	@test -n "$(PYTHON)" || { echo "Python >= 3.11 with venv is needed (Debian: apt install python3-venv)."; exit 1; }
	@$(PYTHON) scripts/setup.py --develop

demo: setup ## the demonstration province on http://127.0.0.1:8000
	@$(BIN)/taizhang demo

check: develop ## style, types, floors, migrations
	@$(BIN)/python scripts/check.py

check-documents: develop ## by LibreOffice: the twins for Word against the PDFs, the workbook of declarations saved again
	@$(BIN)/python -m scripts.documents
	@$(BIN)/python -m scripts.workbooks

test: check ## every check and every test
	@$(BIN)/python scripts/browser.py
	@$(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder -m "not nightly" $(PYTEST_OPTIONS)

nightly: develop ## the long trials
	@$(BIN)/python scripts/browser.py
	@TAIZHANG_NIGHTLY=1 $(BIN)/python -m pytest $(PYTEST_OPTIONS)

leaks: develop ## a million judgements: does any channel show anybody what is not theirs
	@TAIZHANG_JUDGEMENTS=1000000 $(BIN)/python -m pytest -q tests/leaks -k everybody -p no:cacheprovider $(PYTEST_OPTIONS)
	@cat build/leaks.txt

sbom: develop ## build/sbom.cdx.json of the locks, and whether they are whole
	@$(BIN)/python scripts/sbom.py

wheels: setup ## build/wheels, and an installation from it without a network
	@$(BIN)/python scripts/wheels.py

bench: develop ## measured against the comparators, as ratios of one run
	@$(BIN)/python -m bench

campaign: develop ## 1,068 organisations activated, submitted and accepted at once; the last line is JSON
	@$(BIN)/python -m scripts.campaign

docs: develop ## the documents that run: manual, glossary, story; and the pictures of the guide, from the running product
	@$(BIN)/python scripts/browser.py
	@TAIZHANG_PICTURES=$(CURDIR)/docs/manual/pictures $(BIN)/python -m pytest -q tests/browser/test_guide.py
	@$(BIN)/python -m pytest -q tests/docs

clean: ## what set-up made; the data in var/ stay
	rm -rf .venv node_modules build staticfiles src/taizhang/kit/static/kit/dist
