"""Which pictures a model of the study was trained on: scores on them say nothing."""

from collections.abc import Iterable
from pathlib import Path

from pipeline.finetune.saved import model_tasks
from pipeline.io.tables import read_table
from pipeline.tasks.tables import TASKS

SAMPLES = Path("data/tasks/tasks.parquet")


def seen_pictures(files: Iterable[Path], samples: Path = SAMPLES) -> dict[Path, frozenset[str]]:
    """Return, of each model file, the digests of the pictures in the training part of its tasks.

    Empty where the table of samples is missing, as for a model that was brought here alone.
    """
    if not samples.is_file():
        return {}
    table = read_table(samples, TASKS)
    trained = table[table["split"] == "train"]
    return {
        file: frozenset(trained["image_sha256"][trained["task"].isin(model_tasks(file))])
        for file in set(files)
    }
