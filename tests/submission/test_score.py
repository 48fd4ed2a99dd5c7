"""Scores of a prediction folder against figures that independent code computes from its files."""

import csv
import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from scipy.spatial.distance import cdist
from sklearn import metrics as reference

from pipeline.closure import ROOT
from pipeline.errors import StudyError
from pipeline.evaluate.metrics import MAIN_METRIC
from pipeline.params import load_params
from pipeline.submission.score import score_folder
from pipeline.submission.scores import FolderScores, write_scores
from tests.challenge_layout import ChallengeFolder, speckle
from tests.submission.models import TASKS

Entry = dict[str, Any]
HEIGHT, WIDTH = 30, 40
DIAGONAL = 50.0
IMAGES = 12
MAIN = set(MAIN_METRIC.values())
PARAMS = load_params(ROOT / "workflow/studies/phantom.yaml").tasks


class Case:
    """A labelled folder with random predictions; tests plant faults in both."""

    def __init__(self, root: Path, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.folder, self.out = ChallengeFolder(root / "data"), root / "out"
        self.entries: dict[str, list[Entry]] = defaultdict(list)
        self.masks: list[tuple[Any, Any]] = []
        self.boxes: list[tuple[Any, Any]] = []
        self.points: list[tuple[Any, Any]] = []
        self.classes: dict[str, list[tuple[int, Entry | None]]] = defaultdict(list)

    def scores(self) -> FolderScores:
        self.out.mkdir(exist_ok=True)
        for kind, entries in self.entries.items():
            (self.out / f"{kind}_predictions.json").write_text(json.dumps(entries))
        return score_folder(self.folder.write(), self.out, 2.0, PARAMS)

    def image(self, name: str, number: int) -> str:
        return self.folder.save(f"Images/{name} {number}.png", speckle(number, HEIGHT, WIDTH))

    def mask(self, number: int, truth: Any, guess: Any) -> None:
        """Add a segmentation row; `guess` None is a missing file."""
        path = f"Segmentation/Four/{number}.png"
        image = self.image("cardiac", number)
        given = self.folder.save(path, truth)
        self.folder.add(TASKS["cardiac_multi"], image, mask_path=given)
        self.masks.append((truth, guess))
        if guess is not None:
            (self.out / path).parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(guess).save(self.out / path)

    def answer(self, name: str, image: str, kind: str, **entry: Any) -> Entry:
        made = {"task_id": name, "image_path": image, **entry}
        self.entries[kind].append(made)
        return made

    def label(self, name: str, number: int, label: int, guess: int | None, probs: Any) -> None:
        image = self.image(name, number)
        self.folder.add(TASKS[name], image, mask=label)
        entry = None
        if guess is not None:
            entry = self.answer(
                name, image, "classification", predicted_class=guess, predicted_probs=probs
            )
        self.classes[name].append((label, entry))

    def box(self, number: int, truth: list[float], guess: list[float] | None) -> None:
        image = self.image("box", number)
        sides: Entry = dict(zip(("x_min", "y_min", "x_max", "y_max"), truth, strict=True))
        self.folder.add(TASKS["thyroid_nodule_det"], image, **sides)
        self.boxes.append((truth, guess))
        if guess is not None:
            self.answer("thyroid_nodule_det", image, "detection", bbox_pixels=guess)

    def landmarks(self, number: int, truth: list[Any], guess: list[float] | None) -> None:
        """Add a regression row; a landmark None of `truth` was not annotated."""
        image = self.image("points", number)
        given = {
            f"point_{place}_xy": json.dumps(point)
            for place, point in enumerate(truth, start=1)
            if point is not None
        }
        self.folder.add(TASKS["FUGC"], image, **given)
        self.points.append((truth, guess))
        if guess is not None:
            self.answer("FUGC", image, "regression", predicted_points_pixels=guess)


def _random_case(root: Path, seed: int) -> Case:
    case = Case(root, seed)
    random = case.random
    for number in range(IMAGES):
        truth, guess = (random.integers(0, 5, (HEIGHT, WIDTH)) % 4 for _ in range(2))
        case.mask(number, truth.astype(np.uint8), guess.astype(np.uint8))
        for name in ("organ_cls", "breast_2cls"):
            classes = TASKS[name].num_classes
            probs = random.dirichlet(np.ones(classes)).round(1)
            probs = (probs + 0.1) / (probs + 0.1).sum()
            guessed = int(random.integers(classes))
            case.label(name, number, number % classes, guessed, probs.tolist())
        case.box(number, [2, 3, 20, 21], [float(value) for value in random.uniform(0, 30, 4)])
        points = random.uniform(1, 30, 4).tolist()
        case.landmarks(number, [[4.0, 5.0], [20.5, 9.0]], points)
    return case


def _plant(case: Case) -> None:
    """Add the rows on which evaluators differ."""
    empty, full = np.zeros((2, HEIGHT, WIDTH), np.uint8)
    full[:, :] = 1
    dot = empty.copy()
    dot[29, 39] = 3
    for number, (truth, guess) in enumerate(
        [(empty, empty), (empty, full), (dot, empty), (dot, dot), (full, None), (full, dot)]
    ):
        case.mask(100 + number, truth, guess)
    case.mask(110, full, np.ones((7, 9), np.uint8))  # another size
    for name in ("organ_cls", "breast_2cls"):
        case.label(name, 100, 1, None, None)
        case.label(name, 101, 0, 7, np.full(TASKS[name].num_classes, 0.5).tolist())
    boxes = ([9.0, 3.0, 2.0, 8.0], [9.0, 8.0, 2.0, 3.0], [5.0, 5.0, 5.0, 5.0], None)
    for number, box in enumerate(boxes):
        case.box(100 + number, [2, 3, 9, 8], box)
    case.box(110, [5, 5, 5, 5], [5, 5, 5, 5])
    case.landmarks(100, [None, [7.0, 8.0]], [3.0, 4.0, 7.0, 9.0])
    case.landmarks(101, [None, None], [3.0, 4.0, 6.0, 8.0])
    case.landmarks(102, [[1.0, 1.0], [2.0, 2.0]], None)


def _resized(mask: Any) -> Any:
    """Stretch a mask to the image's size by nearest neighbour, place by place."""
    rows = (np.arange(HEIGHT) * mask.shape[0] / HEIGHT).astype(int)
    columns = (np.arange(WIDTH) * mask.shape[1] / WIDTH).astype(int)
    return mask[rows][:, columns]


def _overlap(truth: Any, guess: Any) -> tuple[float, float]:
    """Return the mean Dice and Hausdorff distance over classes 1 to 3, by brute force."""
    found = []
    for index in (1, 2, 3):
        a, b = np.argwhere(truth == index), np.argwhere(guess == index)
        if not len(a) or not len(b):
            same = len(a) == len(b)
            found.append((1.0, 0.0) if same else (0.0, DIAGONAL))
            continue
        both = len({tuple(p) for p in a} & {tuple(p) for p in b})
        apart = cdist(a, b)
        far = max(apart.min(axis=0).max(), apart.min(axis=1).max())
        found.append((2 * both / (len(a) + len(b)), far))
    dice, distance = np.mean(found, axis=0)
    return float(dice), float(distance)


def _shared(truth: list[float], guess: list[float]) -> float:
    """Return the IoU of two boxes, by the definition; 0 for one that is reversed or a point."""
    wide = max(0.0, min(truth[2], guess[2]) - max(truth[0], guess[0]))
    high = max(0.0, min(truth[3], guess[3]) - max(truth[1], guess[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (truth, guess)]
    return wide * high / (sum(areas) - wide * high) if wide * high else 0.0


def _distances(truth: list[Any], guess: list[float], only_annotated: bool) -> list[float]:
    pairs = zip(truth, zip(guess[::2], guess[1::2], strict=True), strict=True)
    return [
        math.dist(true or (0.0, 0.0), found)
        for true, found in pairs
        if true is not None or not only_annotated
    ]


def _expected(case: Case) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the official and the strict score of each task and metric but HD95 and its like."""
    values: dict[tuple[str, str], tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))

    def add(task: str, metric: str, official: float | None, strict: float | None) -> None:
        for place, value in enumerate((official, strict)):
            if value is not None:
                values[task, metric][place].append(value)

    for truth, guess in case.masks:
        dice, far = (None, None) if guess is None else _overlap(truth, _resized(guess))
        add("cardiac_multi", "dice", dice, 0.0 if dice is None else dice)
        add("cardiac_multi", "hausdorff", far, DIAGONAL if far is None else far)
    for box, given in case.boxes:
        iou = None if given is None else _shared(box, given)
        add("thyroid_nodule_det", "iou", iou, 0.0 if iou is None else iou)
    for points, given in case.points:
        official = None if given is None else float(np.mean(_distances(points, given, False)))
        known = any(point is not None for point in points)
        strict = DIAGONAL if given is None else None
        if known and given is not None:
            strict = float(np.mean(_distances(points, given, True)))
        add("FUGC", "mre", official, strict)
    found = {
        key: (float(np.mean(official)), float(np.mean(strict)))
        for key, (official, strict) in values.items()
    }
    for name, answers in case.classes.items():
        found |= _expected_classes(name, answers)
    return found


def _expected_classes(
    name: str, answers: list[tuple[int, Entry | None]]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Return what scikit-learn says of the given answers, and of all with the others wrong."""
    classes = TASKS[name].num_classes
    given = [(label, entry) for label, entry in answers if entry is not None]
    true, guess = [label for label, _ in given], [entry["predicted_class"] for _, entry in given]
    every = [label for label, _ in answers]
    wrong = [
        classes
        if entry is None or entry["predicted_class"] >= classes
        else entry["predicted_class"]
        for _, entry in answers
    ]
    probs = np.array([entry["predicted_probs"] for _, entry in given])
    ranked = np.array(
        [
            np.where(np.arange(classes) == label, -9.0, 9.0)
            if entry is None
            else entry["predicted_probs"]
            for label, entry in answers
        ]
    )
    real = list(range(classes))
    if classes == 2:
        official_auc = reference.roc_auc_score(true, probs[:, 1])
        strict_auc = reference.roc_auc_score(every, ranked[:, 1])
    else:
        sums = np.allclose(probs.sum(axis=1), 1)
        official_auc = reference.roc_auc_score(true, probs, multi_class="ovr") if sums else 0.0
        strict_auc = np.mean(
            [reference.roc_auc_score(np.array(every) == c, ranked[:, c]) for c in real]
        )
    f1 = reference.f1_score
    return {
        (name, "accuracy"): (
            reference.accuracy_score(true, guess),
            reference.accuracy_score(every, wrong),
        ),
        (name, "macro_f1"): (
            f1(true, guess, average="macro", zero_division=0),
            f1(every, wrong, average="macro", labels=real, zero_division=0),
        ),
        (name, "weighted_f1"): (
            f1(true, guess, average="weighted", zero_division=0),
            f1(every, wrong, average="weighted", zero_division=0),
        ),
        (name, "mcc"): (
            reference.matthews_corrcoef(true, guess),
            reference.matthews_corrcoef(every, wrong),
        ),
        (name, "auc"): (float(official_auc), float(strict_auc)),
    }


@pytest.mark.parametrize(("seed", "planted"), [(0, False), (1, True), (2, True)])
def test_scores_equal_independent_ones(tmp_path: Path, seed: int, planted: bool) -> None:
    case = _random_case(tmp_path, seed)
    if planted:
        _plant(case)
    scores = case.scores()
    expected = _expected(case)
    found = {(one.task, one.metric): one for one in scores.tasks}
    assert {name for name in found if name[1] not in ("hd95", "surface_dice")} == set(expected)
    for name, (official, strict) in expected.items():
        slack = 1e-5 if name[1] == "hausdorff" else 1e-9  # SimpleITK's distances are single floats
        assert found[name].official == pytest.approx(official, abs=slack), name
        assert found[name].strict == pytest.approx(strict, abs=slack), name
    counts = {
        (one.task_type, one.official_images, one.strict_images)
        for one in scores.tasks
        if one.official is not None
    }
    # One prediction of each task is missing, and one image has no annotated landmark.
    extra = {"segmentation": (6, 7), "classification": (1, 2), "detection": (4, 5)}
    extra["regression"] = (2, 2)
    assert counts == {
        (kind, IMAGES + planted * official, IMAGES + planted * strict)
        for kind, (official, strict) in extra.items()
    }
    if not planted:
        assert all(one.official == one.strict for one in scores.tasks if one.official is not None)


def test_the_last_of_two_predictions_counts_and_a_malformed_one_is_missing(tmp_path: Path) -> None:
    case = Case(tmp_path, 0)
    for number in range(4):
        case.box(number, [2, 3, 9, 8], [2, 3, 9, 8])
    for number, wrong in enumerate(([1, 2, 3], ["a", 1, 2, 3], None)):
        case.entries["detection"][number]["bbox_pixels"] = wrong
    image = case.entries["detection"][3]["image_path"]
    case.answer("thyroid_nodule_det", image, "detection", bbox_pixels=[2, 3, 9, 5.5])
    case.answer("thyroid_nodule_det", "../nowhere.png", "detection", bbox_pixels=[0, 0, 1, 1])
    scores = case.scores()
    (found,) = scores.tasks
    assert (found.official, found.official_images) == (0.5, 1)
    assert (found.strict, found.strict_images) == (0.125, 4)
    assert scores.predictions_unusable == {"given_twice": 1, "malformed": 3}


def test_pairs_of_coordinates_and_truth_values_count_as_in_numpy(tmp_path: Path) -> None:
    case = Case(tmp_path, 0)
    for number, guess in enumerate(([[4, 5], [20, 12]], [[4, 5]], [True, 5, 20, 9])):
        case.landmarks(number, [[4.0, 5.0], [20.0, 9.0]], cast("list[float]", guess))
        probs = [not number, bool(number)]
        case.label("breast_2cls", number, int(number > 0), cast("int", number > 0), probs)
    scores = case.scores()
    assert not scores.predictions_unusable
    found = {one.metric: one.official for one in scores.tasks}
    assert found["mre"] == pytest.approx((3 + math.hypot(16, 4) + 3) / 2 / 3, rel=1e-12)
    assert found["accuracy"] == found["auc"] == 1


def test_numbers_beyond_any_float_or_class_are_malformed(tmp_path: Path) -> None:
    case = Case(tmp_path, 0)
    case.landmarks(0, [[4.0, 5.0], [20.0, 9.0]], [4, 5, 20, 10**400])
    for number, guess in enumerate((10**400, 1e300, math.inf, math.nan, 1)):
        case.label("breast_2cls", number, 1, cast("int", guess), None)
    scores = case.scores()
    assert scores.predictions_unusable == {"malformed": 5}
    assert {one.strict for one in scores.tasks if one.metric == "accuracy"} == {0.2}


def test_a_label_beyond_any_float_is_counted(tmp_path: Path) -> None:
    case = Case(tmp_path, 0)
    case.landmarks(0, [[4.0, 5.0], [20.0, 9.0]], None)
    case.landmarks(1, [[4.0, 5.0], [1, 10**400]], None)
    assert case.scores().rows_skipped == {"FUGC": {"landmark_malformed": 1}}


def test_unreadable_masks_and_labels_are_counted(tmp_path: Path) -> None:
    case = Case(tmp_path, 0)
    mask = np.ones((HEIGHT, WIDTH), np.uint8)
    for number in range(3):
        case.mask(number, mask, mask)
    (case.out / "Segmentation/Four/1.png").write_text("no image")
    (tmp_path / "data/Segmentation/Four/2.png").write_text("no image")
    case.folder.add(TASKS["cardiac_multi"], case.image("cardiac", 9), mask_path="")
    scores = case.scores()
    by_name = {one.metric: one for one in scores.tasks}
    assert (by_name["dice"].official, by_name["dice"].official_images) == (1.0, 1)
    assert (by_name["dice"].strict, by_name["dice"].strict_images) == (0.5, 2)
    assert scores.predictions_unusable == {"unreadable_mask": 1}
    assert scores.rows_skipped == {"cardiac_multi": {"no_label": 1, "unreadable_mask": 1}}


def test_rows_that_planning_would_set_aside_are_named_and_scored_all_the_same(
    tmp_path: Path,
) -> None:
    case = Case(tmp_path, 0)
    beyond = np.full((HEIGHT, WIDTH), 7, np.uint8)
    case.mask(0, np.ones((HEIGHT, WIDTH), np.uint8), np.ones((HEIGHT, WIDTH), np.uint8))
    case.mask(1, beyond, beyond)
    boxes: list[list[float]] = [
        [2, 3, 9, 8],
        [9, 3, 2, 8],
        [2, 3, 2, 8],
        [2, 3, 99, 8],
        [0.1, 0.1, 0.4, 0.5],
    ]
    for number, box in enumerate(boxes):
        case.box(number, box, [2, 3, 9, 8])
    case.label("breast_2cls", 0, 1, 1, [0.5, 0.5])
    case.label("breast_2cls", 1, 5, 1, [0.5, 0.5])
    case.landmarks(0, [[4.0, 5.0], [99.0, 9.0]], [1.0, 1.0, 2.0, 2.0])
    case.folder.add(TASKS["cardiac_multi"], case.image("cardiac", 9), mask_path="")
    scores = case.scores()
    assert scores.rows_skipped == {"cardiac_multi": {"no_label": 1}}
    named = [
        (row["row"], row["task"], row["reason"], row["scored"]) for row in scores.rows_set_aside
    ]
    assert named == [
        (2, "cardiac_multi", "class_out_of_range", True),
        (4, "thyroid_nodule_det", "box_reversed", True),
        (5, "thyroid_nodule_det", "box_empty", True),
        (6, "thyroid_nodule_det", "box_outside", True),
        (7, "thyroid_nodule_det", "normalised_coordinates", True),
        (9, "breast_2cls", "class_out_of_range", True),
        (10, "FUGC", "landmark_outside", True),
        (11, "cardiac_multi", "no_label", False),
    ]
    assert {row["csv"] for row in scores.rows_set_aside} == {"all.csv"}
    assert "set aside 7 of the rows scored here" in str(scores)
    assert "all.csv, row 4: box_reversed" in str(scores) and "row 11" not in str(scores)
    # A class that the task does not have cannot be counted by the strict scores alone.
    official = {one.official_images for one in scores.tasks if one.metric == "accuracy"}
    assert official == {2}
    images = {one.task: one.strict_images for one in scores.tasks if one.metric in MAIN}
    assert images == {"cardiac_multi": 2, "thyroid_nodule_det": 5, "breast_2cls": 1, "FUGC": 1}
    write_scores(scores, case.out)
    with (tmp_path / "out.set_aside.csv").open(newline="") as handle:
        assert [int(row["row"]) for row in csv.DictReader(handle)] == [row for row, *_ in named]


def test_a_type_without_its_json_file_is_wrong_strictly(tmp_path: Path) -> None:
    case = Case(tmp_path, 0)
    case.landmarks(0, [[1.0, 1.0], [2.0, 2.0]], None)
    (found,) = case.scores().tasks
    assert (found.official, found.official_images) == (0.0, 0)
    assert (found.strict, found.strict_images) == (DIAGONAL, 1)


def test_tasks_without_labels_are_not_scored(tmp_path: Path) -> None:
    folder = ChallengeFolder(tmp_path / "data")
    for number, task in enumerate(TASKS.values()):
        folder.add(task, folder.save(f"Images/{number}.png", speckle(number)))
    (tmp_path / "out").mkdir()
    scores = score_folder(folder.write(), tmp_path / "out", 2.0, PARAMS)
    assert scores.tasks == ()
    assert {sum(found.values()) for found in scores.rows_skipped.values()} == {1}


def test_a_task_of_another_type_is_not_scored(tmp_path: Path) -> None:
    case = Case(tmp_path, 0)
    case.box(0, [2, 3, 9, 8], [2, 3, 9, 8])
    image = case.image("points", 0)
    for name in ("regression", "Detection"):  # the challenge spells them the other way round
        case.folder.add(TASKS["FUGC"], image, task_id=name, task_name=name)
    scores = case.scores()
    assert [one.task for one in scores.tasks] == ["thyroid_nodule_det"]
    assert scores.rows_skipped == {
        "Detection": {"wrong_task_name": 1},
        "regression": {"wrong_task_name": 1},
    }


@pytest.mark.parametrize("content", [b"", b"task_id,task_name\n", b"\xff\xfe,\n"])
def test_a_table_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    case = Case(tmp_path, 0)
    case.box(0, [2, 3, 9, 8], [2, 3, 9, 8])
    case.scores()
    (tmp_path / "data/csv_files/more.csv").write_bytes(content)
    with pytest.raises(StudyError, match=r"csv_files/more\.csv"):
        score_folder(tmp_path / "data", case.out, 2.0, PARAMS)


def test_the_tables_of_planning_are_scored(tmp_path: Path) -> None:
    """Also one with a suffix in capitals, but not what macOS leaves beside each."""
    case = Case(tmp_path, 0)
    for number in range(4):
        case.label("breast_2cls", number, number % 2, number % 2, [0.5, 0.5])
    whole = case.scores()
    folder = tmp_path / "data/csv_files"
    (folder / "._all.csv").write_bytes(b"\0\5\x16\7\xff")
    assert case.scores() == whole
    (folder / "later.CSV").write_bytes((folder / "all.csv").read_bytes())
    assert {one.strict_images for one in case.scores().tasks} == {8}


def test_means_count_tasks_equally_and_leave_out_what_was_not_answered(tmp_path: Path) -> None:
    case = Case(tmp_path, 0)
    case.label("organ_cls", 0, 1, 1, [0.1, 0.5, 0.1, 0.1, 0.1, 0.1])
    case.label("breast_2cls", 0, 1, None, None)
    case.label("breast_2cls", 1, 0, None, None)
    means = {metric: found for _, metric, *found in case.scores().means()}
    assert means["accuracy"] == [1.0, 0.5]
    assert means["auc"] == [0.0, 0.0]  # strict: undefined for the one, all wrong for the other


def test_scores_are_written_beside_the_folder(tmp_path: Path) -> None:
    case = _random_case(tmp_path, 4)
    scores = case.scores()
    before = sorted(case.out.rglob("*"))
    write_scores(scores, case.out)
    assert sorted(case.out.rglob("*")) == before
    with (tmp_path / "out.scores.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == len(scores.tasks) == 4 + 2 * 5 + 1 + 1
    stored = json.loads((tmp_path / "out.scores.json").read_text())
    assert [one["metric"] for one in stored["tasks"]] == [row["metric"] for row in rows]
    hd95 = next(row for row in rows if row["metric"] == "hd95")
    assert (hd95["official"], hd95["official_images"]) == ("", "0")
    assert float(hd95["strict"]) > 0
    assert "mean of segmentation" in str(scores)


@pytest.mark.parametrize("text", ["no JSON", "{}x", '[{"image_path": "a"}]', "3"])
def test_a_file_that_is_not_the_format_is_refused(tmp_path: Path, text: str) -> None:
    case = Case(tmp_path, 0)
    case.box(0, [2, 3, 9, 8], [2, 3, 9, 8])
    case.scores()
    (case.out / "detection_predictions.json").write_text(text)
    with pytest.raises(StudyError, match=r"detection_predictions\.json"):
        score_folder(tmp_path / "data", case.out, 2.0, PARAMS)
