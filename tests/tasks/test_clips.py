from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.challenge import Entry, Row
from pipeline.tasks.clips import clips

TASKS = load_catalogue()


def _clips(*images: str, max_share: float = 1.0, task: str = "lung") -> list[str]:
    entries = [Entry(Row("x.csv", n, {}), TASKS[task], image) for n, image in enumerate(images)]
    return clips(entries, max_share)


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
