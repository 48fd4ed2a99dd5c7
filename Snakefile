"""Insonate: from raw DICOM to an audited results page. One rule file per phase."""

from snakemake.utils import min_version

min_version("9.0")


include: "workflow/rules/readable.smk"


configfile: "params.yaml"


# One environment for all jobs: .venv as the Makefile makes it, or, with
# `--software-deployment-method apptainer`, an image made from workflow/envs/Containerfile.
container: "workflow/envs/insonate.sif"


include: "workflow/rules/common.smk"
include: "workflow/rules/simulate.smk"
include: "workflow/rules/ingest.smk"
include: "workflow/rules/deidentify.smk"
include: "workflow/rules/shard.smk"
include: "workflow/rules/pretrain.smk"
include: "workflow/rules/tasks.smk"
include: "workflow/rules/finetune.smk"
include: "workflow/rules/probe.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/report.smk"


# Every artifact of every phase, not only what the report reads: a deleted one is made again.
rule all:
    default_target: True
    input:
        rules.simulate.input,
        rules.ingest.input,
        rules.deidentify.input,
        rules.shard.input,
        rules.pretrain.input,
        rules.tasks.input,
        rules.finetune.input,
        rules.probe.input,
        rules.evaluate.input,
        rules.report.input,
    message:
        "Every artifact of the study is there"
