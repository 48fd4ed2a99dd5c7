"""What would have leaked from training to test, and the proof that nothing does."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.tasks.split import draw_splits


def leaked_share(groups: pd.Series, splits: pd.Series) -> float:
    """Return the share of test rows whose group also has a row in train."""
    trained = set(groups[splits == "train"])
    return float(groups[splits == "test"].isin(trained).mean())


def groups_across_splits(groups: pd.Series, splits: pd.Series) -> int:
    """Return how many groups have rows in more than one split."""
    return int((splits.groupby(groups).nunique() > 1).sum())


def leakage_report(
    rows: pd.DataFrame, strata: list[tuple[str, ...]], shares: Mapping[str, float], seed: int
) -> dict[str, Any]:
    """Describe the links between rows, and the leak of a split that ignores them.

    Args:
        rows: the columns task, sample, image_sha256, clip, group and split.
        strata: the strata of each row, as the split was drawn with.
        shares: the wanted shares, as the split was drawn with.
        seed: the study's seed; the split by single image is drawn with it too.
    """
    alone = list(rows["task"] + "/" + rows["sample"])
    naive = pd.Series(draw_splits(alone, strata, shares, seed), index=rows.index)
    by_image, by_clip = rows.groupby("image_sha256"), rows.groupby("clip")
    within_task = rows.groupby(["task", "image_sha256"]).size()
    return {
        "rows": len(rows),
        "images": rows["image_sha256"].nunique(),
        "groups": rows["group"].nunique(),
        "largest_group_rows": int(rows.groupby("group").size().max()),
        "links": {
            "images_in_several_tasks": int((by_image["task"].nunique() > 1).sum()),
            "images_repeated_within_a_task": int((within_task > 1).sum()),
            "clips_of_several_images": int((by_clip["image_sha256"].nunique() > 1).sum()),
            "clips_in_several_tasks": int((by_clip["task"].nunique() > 1).sum()),
        },
        "groups_across_splits": groups_across_splits(rows["group"], rows["split"]),
        "test_rows_leaked": {
            "split_by_group": leaked_share(rows["group"], rows["split"]),
            "split_by_image": leaked_share(rows["group"], naive),
        },
    }
