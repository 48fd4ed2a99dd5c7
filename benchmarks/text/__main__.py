"""Fit or measure the finder of text: `python -m benchmarks.text fit|measure|boxes`.

`fit` writes the weights fitted to all machines and to simulated patients. It judges each group of
machines by weights that were fitted without it, and other simulated patients by those it wrote.
`measure` judges all by the weights that are there, so of the real machines by weights that know
them. Both print what they find; `fit` keeps it in `results/text.json`. `boxes` measures it for dark
words in light boxes, and keeps that in `results/text-boxes.json`.
"""

import argparse
import json
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from benchmarks.text.backgrounds import Background, real_backgrounds, simulated_backgrounds
from benchmarks.text.boxes import boxed_words, boxes_table
from benchmarks.text.examples import Examples, make_examples
from benchmarks.text.fit import fit
from benchmarks.text.measure import (
    JudgeOf,
    lost_shares,
    score_table,
    size_table,
    trials,
)
from pipeline.deidentify.pixels.judge import JUDGE, WEIGHTS, Judge
from pipeline.deidentify.pixels.text import LIKELY
from pipeline.io.atomic import write_json
from tests.simulate.settings import small_params

RESULTS = Path(__file__).parents[1] / "results" / "text.json"
BOXES = RESULTS.with_name("text-boxes.json")
# Simulated patients that are learnt from, and others that are judged.
SEED, HELD_OUT_SEED = 3, 2003
# Frames of simulated patients, in pixels.
SIZES = ((200, 272), (400, 540), (600, 800))
LEARNT_PATIENTS, JUDGED_PATIENTS = 12, 8
# Machines that are held out together: of one kind, or with too little to learn from alone.
TOGETHER = {"LOGIQ 700, shrunk": "LOGIQ 700", "EPIQ 5G": "EPIQ 7C", "CX50": "SonoSite"}
REAL_VARIED, SIMULATED_VARIED = 24, 4
WORDS_IN_REAL, WORDS_IN_SIMULATED = 12, 4


def _simulated(patients: int, seed: int) -> list[Background]:
    found: list[Background] = []
    for number, (height, width) in enumerate(SIZES):
        params = small_params(
            patients=patients,
            studies_max=2,
            cine_frames=2,
            frame_height=height,
            frame_width=width,
        )
        found += list(simulated_backgrounds(params, seed + number))[::2]
    return found


def _together(machine: str) -> str:
    return TOGETHER.get(machine, machine)


def _fitted(real: Sequence[Background]) -> JudgeOf:
    """Write the weights, and return the judge of each machine that was fitted without it."""
    simulated = make_examples(_simulated(LEARNT_PATIENTS, SEED), SIMULATED_VARIED, SEED)
    examples: Examples = make_examples(real, REAL_VARIED, SEED).joined(simulated)
    groups = np.array([_together(group) for group in examples.group])
    print(f"{len(groups)} lines, {examples.is_text.mean():.1%} of them text", flush=True)
    everything = fit(examples, np.ones(len(groups), bool), SEED)
    write_json(WEIGHTS, everything.as_json())
    machines = sorted({_together(background.group) for background in real})
    without = {machine: fit(examples, groups != machine, SEED) for machine in machines}

    def judge_of(group: str) -> Judge:
        return without.get(_together(group), everything)

    return judge_of


def _measured(
    real: Sequence[Background], simulated: Sequence[Background], judge_of: JudgeOf
) -> dict[str, object]:
    parts = {
        "real": (
            trials(real, judge_of, WORDS_IN_REAL, HELD_OUT_SEED),
            lost_shares(real, judge_of),
        ),
        "simulated": (
            trials(simulated, judge_of, WORDS_IN_SIMULATED, HELD_OUT_SEED),
            lost_shares(simulated, judge_of),
        ),
    }
    parts["all"] = (
        parts["real"][0] + parts["simulated"][0],
        parts["real"][1] + parts["simulated"][1],
    )
    return {
        "by_score": {name: score_table(*part) for name, part in parts.items()},
        "by_size": {
            "score": LIKELY,
            "legible_words": {name: size_table(part[0], LIKELY) for name, part in parts.items()},
        },
        "frames": {name: len(part[1]) for name, part in parts.items()},
        "words": {name: len(part[0]) for name, part in parts.items()},
    }


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.text", description=__doc__)
    parser.add_argument("task", choices=("fit", "measure", "boxes"))
    task = parser.parse_args().task
    warnings.simplefilter("ignore", ConvergenceWarning)
    real, simulated = list(real_backgrounds()), _simulated(JUDGED_PATIENTS, HELD_OUT_SEED)
    if task == "boxes":
        parts = {"real": (real, WORDS_IN_REAL), "simulated": (simulated, WORDS_IN_SIMULATED)}
        boxed = {
            name: boxes_table(boxed_words(backgrounds, each, HELD_OUT_SEED))
            for name, (backgrounds, each) in parts.items()
        }
        print(json.dumps(boxed, indent=1))
        write_json(BOXES, boxed)
        return
    judge_of: JudgeOf = _fitted(real) if task == "fit" else lambda group: JUDGE
    found = _measured(real, simulated, judge_of)
    print(json.dumps(found, indent=1))
    if task == "fit":
        write_json(RESULTS, found)


if __name__ == "__main__":
    main()
