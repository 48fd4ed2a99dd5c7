"""The picture of all simulated tasks."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from pipeline.simulate.gallery import COLUMNS, draw_gallery, samples_of
from pipeline.tasks.catalogue import load_catalogue
from tests.simulate.settings import SEED, small_params

CATALOGUE = load_catalogue()
SHOWN = {
    name: CATALOGUE[name]
    for name in ("FUGC", "organ_cls", "thyroid_nodule_det", "fetal_abdomen_multi")
}


@pytest.fixture(scope="module")
def figure() -> Figure:
    return draw_gallery(SHOWN, small_params(), SEED)


def test_the_picture_says_that_it_is_simulated_and_names_every_task(figure: Figure) -> None:
    texts = [text.get_text() for text in figure.texts]
    assert any("SIMULATED" in text for text in texts)
    for task in SHOWN.values():
        assert task.id in texts
        assert f"{task.type}\n{task.organ}" in texts


def test_every_task_has_a_row_of_samples_with_its_labels(figure: Figure) -> None:
    assert len(figure.axes) == COLUMNS * len(SHOWN)
    rows = [figure.axes[start : start + COLUMNS] for start in range(0, len(figure.axes), COLUMNS)]
    landmarks, classes, boxes, masks = rows
    assert all(len(axes.lines) == 2 for axes in landmarks)
    names = [axes.get_title(loc="left") or axes.get_title() for axes in classes]
    assert names[:6] == list(CATALOGUE["organ_cls"].labels)
    assert all(len(axes.patches) == 1 for axes in boxes)
    assert all(len(axes.collections) == 4 for axes in masks)


def test_samples_are_of_different_patients_and_all_classes() -> None:
    task = CATALOGUE["fetal_head_pos_cls"]
    samples = samples_of(task, small_params(), SEED)
    assert [sample.row["mask"] for sample in samples] == list(range(COLUMNS))
    clips = {sample.row["image_path"].rsplit("_", 1)[0] for sample in samples}
    assert len(clips) == COLUMNS


def test_the_same_params_give_the_same_samples() -> None:
    pair = [samples_of(CATALOGUE["FUGC"], small_params(), SEED)[0] for _ in range(2)]
    assert np.array_equal(pair[0].image, pair[1].image)
    assert pair[0].row == pair[1].row
