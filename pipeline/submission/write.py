"""Write the challenge's prediction folder for a folder in the challenge's layout.

    make submission MODEL=pretrained/all-tasks DATA=/data/fm_uia/val OUT=/data/predictions

The data need no labels; where they have some, the predictions are scored too. What became of
every row stands in `<OUT>.report.json`: one that cannot be read is listed there by its CSV file
and number, and the others are predicted all the same.
"""

import argparse
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch

from pipeline.errors import StudyError
from pipeline.finetune.model import UnitModel
from pipeline.finetune.predict import PREDICT_BATCH, predict
from pipeline.finetune.saved import load_model
from pipeline.io.atomic import write_json
from pipeline.io.folders import new_folder
from pipeline.io.hashing import sha256_file
from pipeline.io.images import resize_image, to_grey
from pipeline.io.samples import TaskSamples
from pipeline.params import Params, load_params
from pipeline.submission.folder import PredictionFolder
from pipeline.submission.models import find_models, model_of_task
from pipeline.submission.rows import Account, rows_to_predict
from pipeline.submission.score import Progress, say, score_folder
from pipeline.submission.scores import beside, write_scores
from pipeline.submission.seen import SAMPLES, seen_pictures
from pipeline.tasks.catalogue import Task, study_catalogue
from pipeline.tasks.challenge import CSV_FOLDER, Entry
from pipeline.tasks.defects import Defect
from pipeline.tasks.files import find_file
from pipeline.tasks.samples import pixels_sha256, read_image

PROGRESS_EVERY = 500
Answer = tuple[Entry, Mapping[str, Any], int, int]


@dataclass(frozen=True)
class _Trained:
    """A model, and the digests of the pictures that it was trained on."""

    model: UnitModel
    pictures: Collection[str]


def _read(
    root: Path, entries: Sequence[Entry], trained: _Trained, account: Account
) -> TaskSamples | None:
    """Return the images that can be read, as a model sees them; a key is the row's place."""
    side = trained.model.architecture.image_size
    places, sizes, images = [], [], []
    for place, entry in enumerate(entries):
        try:
            picture = read_image(find_file(root, entry.image))
        except Defect as defect:
            account.reject(entry.row, defect)
            continue
        if pixels_sha256(picture) in trained.pictures:
            account.trained_on[entry.task.id] += 1
        image = to_grey(picture)
        places.append(str(place))
        sizes.append(image.shape)
        images.append(resize_image(image, side, side))
    if not places:
        return None
    groups = ("",) * len(places)
    return TaskSamples(tuple(places), groups, np.array(sizes, np.int64), np.stack(images))


def _answers(
    root: Path, trained: _Trained, task: Task, entries: Sequence[Entry], account: Account
) -> Iterator[Answer]:
    """Yield each readable row with its prediction and its image's height and width."""
    for start in range(0, len(entries), PREDICT_BATCH):
        some = entries[start : start + PREDICT_BATCH]
        samples = _read(root, some, trained, account)
        if samples is None:
            continue
        answers = predict(trained.model, task, samples)
        for answer, (height, width) in zip(answers, samples.sizes_N2.tolist(), strict=True):
            yield some[int(answer["sample"])], answer, height, width


def _all_answers(
    root: Path,
    models: Mapping[str, Path],
    catalogue: Mapping[str, Task],
    planned: Mapping[str, list[Entry]],
    seen: Mapping[Path, Collection[str]],
    account: Account,
) -> Iterator[Answer]:
    """Yield every prediction; each model is loaded once, and one at a time."""
    for file in sorted({models[task] for task in planned}):
        trained = _Trained(load_model(file, catalogue), seen.get(file, ()))
        for task in planned:
            if models[task] == file:
                yield from _answers(root, trained, catalogue[task], planned[task], account)


def write_submission(
    models: Mapping[str, Path],
    catalogue: Mapping[str, Task],
    root: Path,
    out: Path,
    seen: Mapping[Path, Collection[str]] = MappingProxyType({}),
    progress: Progress = lambda text: None,
) -> Account:
    """Predict every row below `root/csv_files` and write the folder `out`, whole or not at all.

    Args:
        models: the model file that answers each task.
        catalogue: the tasks that rows can be of.
        root: a folder in the challenge's layout, with or without labels.
        out: the prediction folder; new or empty.
        seen: digests of the pictures that each model file was trained on, to count them.
        progress: called with a line now and then.

    Raises StudyError when `root` is no such folder, when it holds nothing to predict, or when
    `out` holds something.
    """
    if not (root / CSV_FOLDER).is_dir():
        raise StudyError(f"DATA: no {CSV_FOLDER}/ there; name the folder that holds {CSV_FOLDER}/")
    account = Account()
    with new_folder(out) as partial:
        planned = rows_to_predict(root, catalogue, models, account)
        total = sum(len(entries) for entries in planned.values())
        progress(f"{total} rows of {len(planned)} tasks to predict")
        folder = PredictionFolder(partial)
        answers = _all_answers(root, models, catalogue, planned, seen, account)
        for entry, answer, height, width in answers:
            folder.add(entry.row, entry.task.type, answer, height, width)
            account.predicted[entry.task.id] += 1
            if account.predicted.total() % PROGRESS_EVERY == 0:
                progress(f"{account.predicted.total()} of {total} rows predicted")
        folder.finish()
        if not account.predicted:
            raise StudyError(f"nothing to predict: {account}")
    digests = {file: sha256_file(file) for file in sorted(set(models.values()))}
    used = {task: digests[models[task]] for task in account.predicted}
    write_json(beside(out, "report.json"), {"model_sha256": used, "rows": account.as_json()})
    return account


def main() -> None:
    """Write the folder that the command line names, and score it where there are labels."""
    parser = argparse.ArgumentParser(prog="make submission", description=__doc__)
    parser.add_argument("--model", required=True, help="encoder/strategy, a row number, a file")
    parser.add_argument("--data", required=True, type=Path, help="folder that holds csv_files/")
    parser.add_argument("--out", required=True, help="new folder for the predictions")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads; last digits may vary")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    try:
        if not arguments.out or Path() in (arguments.data, Path(arguments.model)):
            raise StudyError(
                "name a model (MODEL=pretrained/all-tasks), the folder that holds csv_files/ "
                "(DATA=), and a new folder for the predictions (OUT=)"
            )
        out = Path(arguments.out)
        params = load_params(Path("params.yaml"))
        catalogue = study_catalogue(params.tasks.catalogue, include=[])
        models = model_of_task(find_models(arguments.model))
        seen = seen_pictures(models.values())
        if not seen:
            say(f"no {SAMPLES}: whether the model was trained on these images is not checked")
        account = write_submission(models, catalogue, arguments.data, out, seen, say)
        say(f"{account}; listed in {beside(out, 'report.json')}")
        _score(arguments.data, out, params)
        if account.trained_on:
            say(account.warning())
    except StudyError as error:
        raise SystemExit(f"submission: {error}") from None
    print(f"written: {out}")


def _score(root: Path, out: Path, params: Params) -> None:
    """Score the folder if the data have labels; without any there is nothing to say."""
    try:
        scores = score_folder(root, out, params.evaluate.surface_tolerance, params.tasks, say)
    except StudyError as error:
        say(f"not scored: {error}")
        return
    if scores.tasks:
        write_scores(scores, out)
        print(scores)


if __name__ == "__main__":
    main()
