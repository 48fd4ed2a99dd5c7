"""Fit or measure the finder of text: `python -m benchmarks.text fit|measure`.

`fit` judges every group of machines by weights that were fitted without it, prints the result, and
writes the weights fitted to all. `measure` judges all by the weights that are there.
"""

import argparse
import warnings
from collections.abc import Sequence
from functools import partial

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from benchmarks.text.backgrounds import Background, real_backgrounds, simulated_backgrounds
from benchmarks.text.examples import make_examples
from benchmarks.text.fit import fit
from benchmarks.text.measure import Trial, lost_shares, recall_table, trials
from pipeline.deidentify.pixels.judge import JUDGE, WEIGHTS, Judge
from pipeline.deidentify.pixels.text import find_text
from pipeline.io.atomic import write_json
from tests.simulate.settings import small_params

SEED = 3
# Frames of simulated patients, in pixels, and the groups that the patients fall into.
SIZES, PATIENTS, GROUPS = ((200, 272), (400, 540), (600, 800)), 8, 2
# Machines that are held out together: of one kind, or with too little to learn from alone.
TOGETHER = {"EPIQ 5G": "EPIQ 7C", "CX50": "SonoSite"}
REAL_VARIED, SIMULATED_VARIED = 16, 3
WORDS_IN_REAL, WORDS_IN_SIMULATED = 6, 2


def _simulated() -> list[Background]:
    found: list[Background] = []
    for number, (height, width) in enumerate(SIZES):
        params = small_params(
            patients=PATIENTS,
            studies_max=2,
            cine_frames=2,
            frame_height=height,
            frame_width=width,
        )
        found += list(simulated_backgrounds(params, SEED + number, GROUPS))[::2]
    return found


def _measured(
    real: Sequence[Background], simulated: Sequence[Background], judge: Judge
) -> tuple[list[Trial], list[float]]:
    find = partial(find_text, judge=judge)
    done = trials(real, find, WORDS_IN_REAL, SEED) + trials(
        simulated, find, WORDS_IN_SIMULATED, SEED
    )
    return done, lost_shares([*real, *simulated], find)


def _report(done: Sequence[Trial], lost: Sequence[float]) -> None:
    print("Recall in percent (words), legible words:\n")
    print(recall_table(done, legible=True))
    print("\nAll words:\n")
    print(recall_table(done, legible=False))
    print(f"\nSector lost without text: mean {np.mean(lost):.3%}, most {max(lost):.3%}")


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.text", description=__doc__)
    parser.add_argument("task", choices=("fit", "measure"))
    task = parser.parse_args().task
    warnings.simplefilter("ignore", ConvergenceWarning)
    real, simulated = list(real_backgrounds()), _simulated()
    if task == "measure":
        _report(*_measured(real, simulated, JUDGE))
        return
    parts = make_examples(real, REAL_VARIED, SEED), make_examples(simulated, SIMULATED_VARIED, SEED)
    examples = parts[0].joined(parts[1])
    groups = np.array([TOGETHER.get(group, group) for group in examples.group])
    print(f"{len(groups)} lines, {examples.is_text.mean():.1%} of them text", flush=True)
    write_json(WEIGHTS, fit(examples, np.ones(len(groups), bool), SEED).as_json())
    done: list[Trial] = []
    lost: list[float] = []
    for held_out in sorted(set(groups)):
        judge = fit(examples, groups != held_out, SEED)
        own_real, own_simulated = (
            [one for one in some if TOGETHER.get(one.group, one.group) == held_out]
            for some in (real, simulated)
        )
        found, shares = _measured(own_real, own_simulated, judge)
        recall = np.mean([trial.found for trial in found if trial.legible])
        print(
            f"without {held_out}: recall {recall:.1%}, sector lost {np.mean(shares):.3%}",
            flush=True,
        )
        done, lost = done + found, lost + shares
    _report(done, lost)


if __name__ == "__main__":
    main()
