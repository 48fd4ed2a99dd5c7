"""One picture of all simulated tasks: a few samples each, their labels drawn.

    python -m pipeline.simulate.gallery --out gallery.png

The samples come from the code that writes the labelled tasks, with the params of `params.yaml`,
only larger; every label is read from the CSV row or the mask that would be written.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pipeline.params import load_params
from pipeline.report.style import FAINT, report_style
from pipeline.report.words import readable
from pipeline.simulate.challenge_images import Shot, captures, plan_shots
from pipeline.simulate.challenge_layout import csv_row, shown
from pipeline.simulate.challenge_sources import COLLECTIONS
from pipeline.simulate.params import SimulateParams
from pipeline.tasks.catalogue import Task, load_catalogue

COLUMNS = 8
IMAGE_SIZE = 176  # pixels of the short side of an image before it is laid out
CELL = (1.28, 1.02)  # inches
NAMES = 1.75  # inches for a task's name
DPI = 110
# Okabe and Ito's colours, told apart by the colour-blind too.
COLOURS = ("#e69f00", "#56b4e9", "#cc79a7", "#f0e442")


@dataclass(frozen=True)
class Sample:
    """One image as published with its mask and its CSV row in one task."""

    image: npt.NDArray[np.uint8]
    mask_HW: npt.NDArray[np.uint8]
    row: Mapping[str, Any]


def samples_of(task: Task, params: SimulateParams, seed: int) -> list[Sample]:
    """Return `COLUMNS` samples of a task, each of another patient, its classes in turn."""
    collection = next(each for each in COLLECTIONS if task.id in each.tables.values())
    planned = plan_shots(collection, 6 * COLUMNS * params.task_images_per_patient, params, seed)
    chosen = list(_in_turn(planned, len(collection.subjects)))
    made = captures(collection, chosen, params, seed)
    return [
        Sample(shown(capture, collection, rng), capture.mask_HW, csv_row(task, shot, capture))
        for shot, capture, rng in made
    ]


def _in_turn(planned: list[Shot], classes: int) -> Iterator[Shot]:
    """Yield shots of ever new patients whose classes follow each other."""
    seen: set[int] = set()
    for column in range(COLUMNS):
        shot = next(
            each for each in planned if each.label == column % classes and each.patient not in seen
        )
        seen.add(shot.patient)
        yield shot


def draw_sample(axes: Axes, task: Task, sample: Sample) -> None:
    """Draw one sample with its labels."""
    axes.set_axis_off()
    axes.imshow(sample.image, cmap="gray", vmin=0, vmax=255, interpolation="antialiased")
    row = sample.row
    match task.type:
        case "segmentation":
            for index in range(1, task.num_classes):
                region_HW = sample.mask_HW == index
                if region_HW.any() and not region_HW.all():
                    axes.contour(region_HW, [0.5], colors=COLOURS[index - 1], linewidths=0.8)
        case "detection":
            x, y = row["x_min"] - 0.5, row["y_min"] - 0.5
            size = row["x_max"] - row["x_min"], row["y_max"] - row["y_min"]
            axes.add_patch(Rectangle((x, y), *size, fill=False, edgecolor=COLOURS[0]))
        case "regression":
            for number in range(task.num_classes):
                x, y = json.loads(row[f"point_{number + 1}_xy"])
                axes.plot(x, y, "+", color=COLOURS[number], markersize=7)
        case "classification":
            axes.set_title(readable(task.labels[row["mask"]]), fontsize=6, pad=1.5)


def draw_gallery(tasks: Mapping[str, Task], params: SimulateParams, seed: int) -> Figure:
    """Return the picture: a row per task in the catalogue's order."""
    larger = params.model_copy(update={"task_image_size": IMAGE_SIZE})
    width, height = NAMES + COLUMNS * CELL[0], 0.6 + len(tasks) * CELL[1]
    figure = Figure(figsize=(width, height))
    title = f"SIMULATED ultrasound, difficulty {params.difficulty:g}: no patient was examined"
    figure.text(0.01, 1 - 0.35 / height, title, fontsize=13, weight="bold")
    for number, task in enumerate(tasks.values()):
        bottom = 1 - (0.6 + (number + 1) * CELL[1]) / height
        _name(figure, task, (0.01, bottom + 0.5 * CELL[1] / height))
        for column, sample in enumerate(samples_of(task, larger, seed)):
            place = ((NAMES + column * CELL[0]) / width, bottom)
            size = (0.98 * CELL[0] / width, 0.88 * CELL[1] / height)
            draw_sample(figure.add_axes((*place, *size)), task, sample)
    return figure


def _name(figure: Figure, task: Task, place: tuple[float, float]) -> None:
    x, y = place
    figure.text(x, y, task.id, fontsize=8, weight="bold", va="bottom")
    text = f"{task.type}\n{task.organ}"
    figure.text(x, y, text, fontsize=7, color=FAINT, va="top", linespacing=1.3)
    if task.type in ("segmentation", "regression"):
        labels = [label for label in task.labels if label != "background"]
        for index, label in enumerate(labels):
            below = y - (0.3 + 0.09 * index) / figure.get_figheight()
            figure.text(x, below, readable(label), fontsize=6, color=COLOURS[index], va="top")


def main() -> None:
    """Write the picture to the file that is named."""
    parser = argparse.ArgumentParser(prog="make gallery", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="a .png or .jpg file")
    out = parser.parse_args().out
    if out.suffix not in (".png", ".jpg") or not out.parent.is_dir():
        parser.error("OUT: name a .png or .jpg file in a folder that exists, as OUT=gallery.png")
    params = load_params(Path("params.yaml"))
    with report_style():
        figure = draw_gallery(load_catalogue(), params.simulate, params.study.seed)
        options = {"quality": 58, "optimize": True} if out.suffix == ".jpg" else {}
        figure.savefig(out, dpi=DPI, facecolor="white", pil_kwargs=options)
    print(f"picture: {out}")


if __name__ == "__main__":
    main()
