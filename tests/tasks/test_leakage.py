import pandas as pd

from pipeline.tasks.leakage import groups_across_splits, leakage_report, leaked_share

SHARES = {"train": 0.5, "val": 0.25, "test": 0.25}


def test_leaks_are_counted_by_hand() -> None:
    groups = pd.Series(["a", "a", "b", "c", "c", "c"])
    splits = pd.Series(["train", "test", "test", "train", "test", "val"])
    assert leaked_share(groups, splits) == 2 / 3
    assert groups_across_splits(groups, splits) == 2


def test_a_split_by_image_leaks_when_every_patient_has_many_images() -> None:
    patients, images = 12, 10
    rows = pd.DataFrame(
        {
            "task": "lung",
            "sample": [f"s{number}" for number in range(patients * images)],
            "image_sha256": [f"i{number}" for number in range(patients * images)],
            "clip": [f"c{number // images}" for number in range(patients * images)],
        }
    )
    rows["group"] = rows["clip"]
    rows["split"] = ["train" if number < 90 else "test" for number in range(len(rows))]
    report = leakage_report(rows, [("lung",)] * len(rows), SHARES, seed=0)
    assert report["groups_across_splits"] == 0
    assert report["test_rows_leaked"]["split_by_group"] == 0
    assert report["test_rows_leaked"]["split_by_image"] > 0.9
    assert report["links"]["clips_of_several_images"] == patients
