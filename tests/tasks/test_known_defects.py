from pathlib import Path

import pytest

from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.challenge import Entry, Row
from pipeline.tasks.defects import Defect
from pipeline.tasks.known_defects import (
    MIRRORED_FEMURS,
    KnownDefects,
    is_mirrored_femur,
    is_official_test,
)
from pipeline.tasks.params import TasksParams
from tests.challenge_layout import small_study, speckle
from tests.tasks.settings import PARAMS, Planned, changed

TASKS = load_catalogue()
MIRRORED = MIRRORED_FEMURS.read_text().split()[1:]


def _entry(image: str, task: str = "fetal_femur") -> Entry:
    return Entry(Row("a.csv", 1, {"image_path": f"../{image}"}), TASKS[task], image)


def _reason(entry: Entry, params: TasksParams) -> str | None:
    try:
        KnownDefects.of(params).check(entry)
    except Defect as defect:
        return defect.reason
    return None


def test_twenty_five_femurs_are_mirrored() -> None:
    assert len(set(MIRRORED)) == 25
    assert all("_Plane5_" in name for name in MIRRORED)
    for name in MIRRORED:
        assert is_mirrored_femur(_entry(f"Regression/Two/x/{name}"))
        assert not is_mirrored_femur(_entry(f"Classification/Six/{name}", "fetal_plane_cls"))
    assert _reason(_entry(MIRRORED[0]), PARAMS) == "mirrored_femur"
    assert _reason(_entry(MIRRORED[0]), changed(drop_mirrored_femurs=False)) is None


@pytest.mark.parametrize(
    ("patient", "is_test"),
    [
        *((patient, False) for patient in (1, 330, 661, 1226, 1793)),
        *((patient, True) for patient in (331, 660, 1227, 1792)),
    ],
)
def test_the_official_halves_are_ranges_of_patients(patient: int, is_test: bool) -> None:
    assert is_official_test(f"x/Patient{patient:05d}_Plane3_2_of_3.png") == is_test


def test_the_official_halves_hold_as_many_patients_as_were_published() -> None:
    names = (f"Patient{patient:05d}_Plane1_1_of_1.png" for patient in range(1, 1793))
    assert sum(map(is_official_test, names)) == 896


@pytest.mark.parametrize("name", ["patient0331_2CH_ED.png", "Patient00331.png", "331.png"])
def test_other_names_are_of_no_official_half(name: str) -> None:
    assert not is_official_test(name)


def test_the_switch_ignores_holds_out_or_drops_the_official_test_half() -> None:
    entry = _entry("x/Patient00331_Plane3_2_of_3.png", "fetal_plane_cls")
    for choice, held_out in (("ignore", False), ("hold_out", True), ("drop", True)):
        params = changed(fetal_planes_official=choice)
        assert _reason(entry, params) is None
        assert KnownDefects.of(params).is_held_out(entry) == held_out


def test_a_simulated_archive_has_none_of_the_known_defects() -> None:
    params = changed(source="simulate", fetal_planes_official="drop")
    assert _reason(_entry(MIRRORED[0]), params) is None
    official = _entry("Patient00331_Plane3_2_of_3.png")
    assert not KnownDefects.of(params).is_held_out(official)


def test_held_out_images_and_all_their_relatives_are_in_test_or_dropped(tmp_path: Path) -> None:
    task = TASKS["fetal_plane_cls"]
    folder = small_study(tmp_path / "raw", [task], images=60)
    for number in range(12):
        # Another task's file of the same patient, and the same picture under another name.
        name = f"Patient{331 + number:05d}_Plane3_1_of_1.png"
        folder.add_labelled(task, f"C/{name}", speckle(900 + number), number)
        folder.add_labelled(task, f"D/copy{number}.png", speckle(900 + number), number)
    raw, ids = folder.write(), [task.id]
    held = Planned(tmp_path / "a", changed(include=ids, fetal_planes_official="hold_out"), raw)
    free = Planned(tmp_path / "b", changed(include=ids), raw)
    dropped = Planned(tmp_path / "c", changed(include=ids, fetal_planes_official="drop"), raw)
    assert held.counts["held_out"] == 12 and free.counts["held_out"] == 0
    groups = set(held.tasks.loc[held.tasks["held_out"], "group"])
    apart = held.tasks["group"].isin(groups)
    assert apart.sum() == 24
    assert set(held.tasks.loc[apart, "split"]) == {"test"}
    # The held-out groups fill the test split, so the others are for train and val.
    assert set(held.tasks.loc[~apart, "split"]) == {"train", "val"}
    assert {reason for _, _, reason in dropped.found} == {"official_test_image"}
    assert dropped.counts["reasons"] == {"official_test_image": 24}
    assert not groups & set(dropped.tasks["group"])
    assert "train" in set(free.tasks.loc[free.tasks["group"].isin(groups), "split"])
