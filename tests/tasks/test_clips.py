import pytest

from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.challenge import Entry, Row
from pipeline.tasks.clips import clips, patient_of

TASKS = load_catalogue()


def _clips(*images: str, max_share: float = 1.0, task: str = "lung") -> list[str]:
    entries = [Entry(Row("x.csv", n, {}), TASKS[task], image) for n, image in enumerate(images)]
    return clips(entries, max_share).names


def test_a_patient_is_one_in_every_folder() -> None:
    first, second, other = _clips(
        "Classification/Patient01600_Plane3_1_of_3.png",
        "Regression/Patient01600_Plane3_2_of_3.png",
        "Regression/Patient01601_Plane3_2_of_3.png",
    )
    assert first == second != other


def test_a_recording_is_one_in_every_folder() -> None:
    first, second, other = _clips(
        "a/20190830.zhc_001.jpg", "b/20190830.zhc_12.jpg", "a/x.zhc_001.jpg"
    )
    assert first == second != other


def test_a_numbered_prefix_is_a_clip_of_its_folder() -> None:
    first, second, folder, stem = _clips("a/v7_1.png", "a/v7_2.png", "b/v7_3.png", "a/v8_3.png")
    assert first == second
    assert len({first, folder, stem}) == 3


def test_names_without_a_number_stand_alone() -> None:
    assert len(set(_clips("a/benign (1).png", "a/benign (2).png", "a/benign.png"))) == 3


def test_a_running_number_is_no_clip() -> None:
    images = [f"a/img_{number}.png" for number in range(8)]
    rest = ["a/clip_1.png", "a/clip_2.png"]
    found = _clips(*images, *rest, max_share=0.5)
    assert len(set(found[:8])) == 8
    assert found[8] == found[9]


def test_a_patient_with_most_images_is_still_one() -> None:
    assert len(set(_clips("a/patient7_1.png", "a/patient7_2.png", max_share=0.1))) == 1


def test_a_folder_spelt_otherwise_holds_the_same_clip() -> None:
    first, second, case = _clips("a\u00a0b/v7_1.png", "a b/v7_2.png", "A b/V7_3.PNG")
    assert first == second == case


def _of_tasks(**images: list[str]) -> list[Entry]:
    return [
        Entry(Row("x.csv", 1, {}), TASKS[task], image)
        for task, named in images.items()
        for image in named
    ]


def test_a_small_task_does_not_part_the_clips_of_a_large_one() -> None:
    large = [f"a/clip{clip}_{frame}.png" for clip in range(12) for frame in range(5)]
    small = [f"a/clip{clip}_{frame}.png" for clip in range(4) for frame in range(5, 9)]
    alone = clips(_of_tasks(lung=large), 0.2)
    both = clips(_of_tasks(lung=large, lung_2cls=small), 0.2)
    assert both.names[: len(large)] == alone.names
    assert set(both.names) == set(alone.names)
    assert both.running_numbers == {}


def test_prefixes_taken_for_running_numbers_are_told() -> None:
    few = [f"a/clip{clip}_{frame}.png" for clip in range(4) for frame in range(10)]
    found = clips(_of_tasks(lung=few), 0.2)
    assert found.running_numbers == {f"a/clip{clip}_": 10 for clip in range(4)}
    assert len(set(found.names)) == 40


@pytest.mark.parametrize("same", [("7", "7.0", "007"), ("P7", "p7 "), ("a\u00a0b", "A b")])
def test_a_patient_written_in_another_way_is_the_same(same: tuple[str, ...]) -> None:
    assert len({patient_of(name) for name in same}) == 1


def test_different_patients_stay_apart() -> None:
    assert len({patient_of(name) for name in ("7", "70", "7.5", "p7", "7a", "0")}) == 6


@pytest.mark.parametrize("nobody", ["", "  ", "nan", "NA", "None", "Unknown", "?", "-"])
def test_an_unknown_patient_is_nobody(nobody: str) -> None:
    assert patient_of(nobody) == ""
