"""Which keys of `params.yaml` each phase reads.

Snakemake passes a job these keys and no others, DVC watches the same keys, and the audit
compares them: editing a key makes stale the phases that read it, and only those.
"""

from collections.abc import Mapping
from typing import Any

ARCHITECTURE = (
    "pretrain.arch",
    "pretrain.arch_options",
    "pretrain.image_size",
    "pretrain.in_chans",
    "pretrain.pixel_mean",
    "pretrain.pixel_std",
)

READS: dict[str, tuple[str, ...]] = {
    "simulate": ("study.seed", "simulate"),
    "ingest": ("cohort.source", "ingest", "deidentify.key_file", "deidentify.partitions"),
    "deidentify": ("cohort.source", "deidentify"),
    "shard": ("study.seed", "shard"),
    "pretrain": ("study.seed", "pretrain"),
    "tasks": ("study.seed", "tasks"),
    "finetune": ("study.seed", *ARCHITECTURE, "finetune.training"),
    "probe": ("study.seed", *ARCHITECTURE, "probe"),
    "evaluate": ("study.seed", "evaluate"),
    "report": ("study.name", "study.seed", "cohort.source", "tasks.source", "report"),
}

# What a step does not read of its phase's section: cleaning does not depend on how it is audited.
NOT_READ: dict[str, tuple[str, ...]] = {
    "pipeline.deidentify.clean": ("deidentify.audit",),
    "pipeline.deidentify.collect": ("deidentify.audit",),
}

# Keys that decide which jobs exist rather than what one job does.
LISTS: dict[str, tuple[str, ...]] = {
    "finetune": (
        "finetune.encoders",
        "finetune.strategies",
        "finetune.fractions",
        "finetune.seeds",
        "finetune.controls",
    ),
}


def lookup(params: Mapping[str, Any], key: str) -> Any:
    """Return the value at a dotted key."""
    value: Any = params
    for part in key.split("."):
        value = value[part]
    return value


def select(params: Mapping[str, Any], phase: str, module: str = "") -> dict[str, Any]:
    """Return {dotted key: value} of what a phase reads, or one of its steps, by its `module`."""
    values = {key: lookup(params, key) for key in READS[phase]}
    for key in NOT_READ.get(module, ()):
        section, _, name = key.partition(".")
        values[section] = {one: held for one, held in values[section].items() if one != name}
    return values
