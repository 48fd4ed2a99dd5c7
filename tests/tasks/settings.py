"""Params of the tasks phase, and one call that plans a folder."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.io.tables import read_table
from pipeline.tasks.params import TasksParams
from pipeline.tasks.plan import Plan, plan_tasks
from pipeline.tasks.tables import QUARANTINE, TASKS

PARAMS = TasksParams(
    source="fm_uia",
    path="x",
    catalogue="",
    include=[],
    exclude_file="",
    normalised_coordinates="quarantine",
    missing_landmarks="keep",
    drop_mirrored_femurs=True,
    fetal_planes_official="ignore",
    shared_images="link",
    published_splits="use",
    workers=1,
    batch_rows=50,
    val_fraction=0.2,
    test_fraction=0.2,
    max_clip_share=0.2,
    near_duplicate_correlation=0.8,
)


def changed(**values: Any) -> TasksParams:
    return TasksParams.model_validate({**PARAMS.model_dump(), **values})


def plan_in(out: Path) -> Plan:
    return Plan(
        out / "tasks.parquet",
        out / "quarantine.parquet",
        out / "leakage.json",
        out / "counts.json",
        out / "catalogue.csv",
        out / "set_aside.csv",
    )


class Planned:
    """What a plan wrote."""

    def __init__(self, out: Path, params: TasksParams, *roots: Path, seed: int = 1) -> None:
        self.files = plan_in(out)
        self.told: list[str] = []
        plan_tasks(params, seed, roots, self.files, out / "resume", self.told.append)
        self.tasks: pd.DataFrame = read_table(self.files.tasks, TASKS)
        self.quarantine: pd.DataFrame = read_table(self.files.quarantine, QUARANTINE)
        self.leakage = json.loads(self.files.leakage.read_text())
        self.counts = json.loads(self.files.counts.read_text())

    @property
    def found(self) -> list[tuple[str, int, str]]:
        """CSV, row and reason of every row set aside."""
        table = self.quarantine
        return list(zip(table["csv"], table["row"], table["reason"], strict=True))
