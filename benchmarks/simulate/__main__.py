"""Measure the simulator, painting and image formation together: `--help` lists the options."""

import argparse
import json
import os
import statistics
from pathlib import Path
from typing import Any, get_args

from benchmarks.deidentify.machine import describe
from benchmarks.simulate.drawing import together
from pipeline.io.atomic import write_json
from pipeline.simulate.probes import ProbeKind

RESULTS = Path(__file__).resolve().parents[1] / "results"
# What the project asks for: images of 256 x 256 pixels a second on two cores.
WANTED = 40


def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """Return medians over repeats for each kind of probe and number of processes."""
    results: dict[str, Any] = {}
    for kind in get_args(ProbeKind):
        for processes in (1, 2):
            runs = [
                together(kind, chosen.size, chosen.seconds, processes)
                for _ in range(chosen.repeats)
            ]
            results.setdefault(kind, {})[f"{processes} processes"] = {
                name: statistics.median(run[name] for run in runs) for name in runs[0]
            }
    return results


def main() -> None:
    """Measure, print the results as JSON, and write them to benchmarks/results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulate", description=__doc__)
    parser.add_argument("--size", type=int, default=256, help="pixels of each side (256)")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement (4)")
    parser.add_argument("--repeats", type=int, default=3, help="of which medians are taken (3)")
    parser.add_argument("--name", default="simulate", help="of the file in benchmarks/results")
    chosen = parser.parse_args()
    machine = describe(None)
    results = measure(chosen)
    slowest = min(each["1 processes"]["images_per_cpu_s"] for each in results.values())
    report = {
        "pixels": [chosen.size, chosen.size],
        "wanted_images_per_s_on_two_cores": WANTED,
        "slowest_probe_images_per_s_on_two_cores": round(2 * slowest, 1),
        "machine": machine | {"load_after": os.getloadavg()[0]},
        "probes": results,
    }
    shown = {name: value for name, value in report.items() if name != "machine"}
    print(json.dumps(shown, indent=2))
    write_json(RESULTS / f"{chosen.name}.json", report)


if __name__ == "__main__":
    main()
