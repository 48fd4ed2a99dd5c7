# Every target sets up what it needs: a private .venv with the pinned packages of requirements.lock.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
SNAKEMAKE := $(BIN)/snakemake --profile workflow/profiles/default
# Use what the machine has; `make study CORES=2` says otherwise.
CORES ?= all
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Where it is set, Python compiles thousands of files again at every start of every process.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup study repro test lint audit set-aside submission score convert deid-report review gallery ui mlflow \
	generated lock clean

help:  ## what each target does
	@grep -hE '^[a-z.-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/installed  ## install the pinned packages into .venv

.venv/installed: requirements.lock
	@test -n "$(PYTHON)" || { echo "Insonate needs Python 3.11 or newer on the PATH"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -E '^uv==' requirements.lock)"
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --no-deps -r requirements.lock
	@touch $@

study: setup  ## run the study of params.yaml, from raw data to the report; CORES=2 for fewer
	@$(SNAKEMAKE) --cores $(CORES) all
	@$(BIN)/python -m workflow.stages remember
	@echo
	@echo "Report:      data/report/index.html   (open it in a browser; needs no network)"
	@echo "Numbers:     data/report/results.csv"
	@echo "MLflow:      make ui"
	@echo "Audit:       make audit   or, for one number, make audit ROW=1"

repro: setup  ## the same study through DVC's door
	@$(BIN)/python -m workflow.stages repro

audit: setup  ## walk every published number back to its source images; ROW=n shows one
	@$(BIN)/python -m pipeline.ledger $(if $(ROW),--row $(ROW))

set-aside: setup  ## the labelled rows that the study does not use, with reason and path, as CSV
	@$(BIN)/python -m pipeline.tasks.locate

submission: setup  ## the challenge's prediction folder; MODEL=encoder/strategy or a row, DATA=, OUT=
	@$(BIN)/python -m pipeline.submission.write --model "$(MODEL)" --data "$(DATA)" --out "$(OUT)" \
		$(if $(THREADS),--threads $(THREADS))

score: setup  ## official and strict scores of a prediction folder; DATA=labelled, PREDICTIONS=
	@$(BIN)/python -m pipeline.submission.score --data "$(DATA)" --predictions "$(PREDICTIONS)"

deid-report: setup  ## a page for a privacy officer: what was done, with pictures; OUT=file
	@$(BIN)/python -m pipeline.deidentify.evidence --out "$(OUT)"

review: setup  ## a page of what a human should look at before data are passed on; OUT=file
	@$(BIN)/python -m pipeline.deidentify.evidence --review --out "$(OUT)"

convert: setup  ## a public data set into the FM_UIA format; DATASET=busi FROM=folder TO=folder
	@$(BIN)/python -m pipeline.tasks.convert "$(DATASET)" "$(FROM)" "$(TO)" \
		$(if $(SPLIT),--split "$(SPLIT)")

gallery: setup  ## one picture of the 27 simulated tasks with their labels; OUT=file
	@$(BIN)/python -m pipeline.simulate.gallery --out "$(OUT)"

ui: setup  ## open MLflow on this machine, port 5000
	$(BIN)/mlflow ui --backend-store-uri sqlite:///mlflow.db --host 127.0.0.1 --port 5000

mlflow: setup  ## rebuild missing MLflow runs from the provenance records
	@INSONATE_TRACKING=$${INSONATE_TRACKING:-sqlite:///mlflow.db} INSONATE_STUDY=$$($(BIN)/python -c \
		'from pathlib import Path; from pipeline.params import load_params; \
		print(load_params(Path("params.yaml")).study.name)') $(BIN)/python -m pipeline.tracking rebuild

lint: setup  ## format, style, types, workflow
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/snakefmt --check Snakefile workflow/rules
	$(BIN)/mypy
	$(SNAKEMAKE) --lint

test: lint  ## every check: lint, types, unit and drift tests, the whole DAG on a toy study
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

generated: setup  ## write what is made from code: schemas, dvc.yaml, docs/files.md
	$(BIN)/python -m pipeline.params workflow/schemas/params.schema.json
	$(BIN)/python -m workflow.contracts
	$(BIN)/python -m workflow.stages render
	$(BIN)/python -m workflow.filemap

lock: setup  ## renew requirements.lock from requirements.in
	$(BIN)/uv pip compile --universal --python-version 3.11 --no-annotate --no-header \
		--override requirements.overrides --upgrade --quiet requirements.in -o requirements.lock

clean:  ## remove everything that a run wrote, and DVC's copies and index of file names
	rm -rf data/{simulate,ingest,deidentify,shard,pretrain,tasks,finetune,probe,evaluate,report} \
		logs .resume .snakemake .dvc/cache .dvc/tmp mlflow.db mlruns
	for folder in data/raw data/raw_tasks; do \
		test ! -f $$folder/SIMULATED.txt || rm -rf $$folder; done
