"""Measure everything in one run: `python -m benchmarks.tasks --help`."""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.deidentify.children import ROOT, run
from benchmarks.deidentify.machine import describe
from benchmarks.tasks import copies
from benchmarks.tasks.corpora import SEED, owners, params_section, simulate, write_archive
from pipeline.io.atomic import write_json

LEAST = params_section("tasks")["near_duplicate_correlation"]
WORKERS = 2


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tasks", description=__doc__)
    parser.add_argument("--images", type=int, default=64, help="simulated images a task (64)")
    parser.add_argument("--rows", type=int, default=50_000, help="of the large archive (50000)")
    parser.add_argument("--real", type=Path, help="a folder of images to look for copies in too")
    parser.add_argument("--name", default="tasks-latest", help="of the file in benchmarks/results")
    return parser.parse_args()


def simulated(base: Path) -> dict[str, Any]:
    """Measure on simulated images of different patients."""
    paths = copies.images_below(base)
    patients = [copies.patient_of(path) for path in paths]
    return {
        **copies.links(paths, patients, LEAST),
        "recall": copies.recall(paths, LEAST, SEED),
    }


def real(folder: Path) -> dict[str, Any]:
    """Measure on other images; whose they are is not known, so links are only counted."""
    paths = copies.images_below(folder)
    found = copies.links(paths, [str(path) for path in paths], LEAST)
    known = ("images", "links", "largest_group_images")
    told = {name: found[name] for name in known}
    return {**told, "recall": copies.recall(paths, LEAST, SEED)}


def large(base: Path, folder: Path, rows: int) -> dict[str, Any]:
    """Measure the plan step on a large archive, and its links against what was planted."""
    archive, out = folder / "archive", folder / "out"
    (out / "resume").mkdir(parents=True)
    written = write_archive(archive, base, rows, WORKERS)
    print(f"  {written} rows written", flush=True)
    module = "benchmarks.tasks.plan"
    planned = run([sys.executable, "-m", module, archive, out, str(WORKERS)], WORKERS)
    owner = owners(base, rows)
    paths = [archive / "csv_files" / name for name in owner]
    return {"plan": planned, "links": copies.links(paths, list(owner.values()), LEAST)}


def main() -> None:
    """Measure, print, and write `benchmarks/results/NAME.json`."""
    chosen = arguments()
    described = describe(None)
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary) / "base"
        simulate(base, chosen.images)
        result: dict[str, Any] = {"simulated": simulated(base)}
        print(result["simulated"], flush=True)
        if chosen.real:
            result["real"] = real(chosen.real)
            print(result["real"], flush=True)
        if chosen.rows:
            result["large"] = large(base, Path(temporary), chosen.rows)
            print(result["large"], flush=True)
    machine = described | {"load_after": os.getloadavg()[0]}
    write_json(
        ROOT / "benchmarks" / "results" / f"{chosen.name}.json", result | {"machine": machine}
    )


if __name__ == "__main__":
    main()
