"""Measure everything in one run: `python -m benchmarks.deidentify --help`."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.deidentify.children import ROOT, Absent, Result, repeat, run
from benchmarks.deidentify.clock import dicom_files
from benchmarks.deidentify.corpora import frame_counts, write_archive, write_cine
from benchmarks.deidentify.machine import describe
from pipeline.io.atomic import write_json
from tests.deidentify.planter import write_corpus

OURS = "ours"
BASELINES = ("pydicom read + write", "pydicom read + walk + write")
HEADER_PEERS = ("dicom-anonymizer", "dicognito", "deid")
PIXEL_PEERS = ("dentdeid", "deid, ultrasound recipe")
CINES = {120: 350, 850: 500}  # frames, and the most MiB that cleaning them may take
PARTS = ("headers", "pixels", "audit", "clean_side_by_side", "ingest_side_by_side", "memory")
Measure = Callable[[], Result]


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deidentify", description=__doc__)
    parser.add_argument("--patients", type=int, default=20, help="15 files each (20)")
    parser.add_argument("--repeats", type=int, default=3, help="of which medians are taken (3)")
    parser.add_argument("--slow-files", type=int, default=40, help="for tools of pixels (40)")
    parser.add_argument("--ingest-files", type=int, default=2000, help="for ingest (2000)")
    parser.add_argument("--peers-python", type=Path, help="a Python with requirements-peers.txt")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="measure no more")
    parser.add_argument("--name", default="latest", help="of the file in benchmarks/results")
    return parser.parse_args()


class Bench:
    """Measurements in a temporary folder, each into an empty folder of its own."""

    def __init__(self, folder: Path, chosen: argparse.Namespace) -> None:
        self.folder, self.chosen, self.count = folder, chosen, 0
        self.corpus = folder / "corpus"
        write_corpus(self.corpus, chosen.patients)

    def empty(self) -> Path:
        """Return a new folder."""
        self.count += 1
        new = self.folder / f"out-{self.count}"
        new.mkdir()
        return new

    def ours(self, task: str, corpus: Path, number: int = 1, cores: int = 1) -> Result:
        """Measure one of our own tasks."""
        module = "benchmarks.deidentify.ours"
        return run([sys.executable, "-m", module, task, corpus, self.empty(), str(number)], cores)

    def peer(self, tool: str, files: int = 0, python: Path | None = None) -> Result:
        """Measure another tool, on the first `files` or all."""
        if python is None:
            raise Absent("no --peers-python")
        module = "benchmarks.deidentify.peers"
        return run([python, "-m", module, tool, self.corpus, self.empty(), str(files)])

    def gdcmanon(self) -> Result:
        """Measure gdcmanon."""
        module = "benchmarks.deidentify.gdcm"
        return run([sys.executable, "-m", module, self.corpus, self.empty(), "0"])

    def headers(self) -> dict[str, Result]:
        """Measure all that leave pixels alone."""
        ours: dict[str, Measure] = {OURS: partial(self.ours, "headers", self.corpus)}
        here, there = Path(sys.executable), self.chosen.peers_python
        baselines = {name: partial(self.peer, name, 0, here) for name in BASELINES}
        peers = {name: partial(self.peer, name, 0, there) for name in HEADER_PEERS}
        every = ours | baselines | peers | {"gdcmanon": self.gdcmanon}
        return compared(repeat(every, self.chosen.repeats))

    def pixels(self) -> dict[str, Result]:
        """Measure all that clean pixels."""
        ours: dict[str, Measure] = {OURS: partial(self.ours, "pixels", self.corpus)}
        there, files = self.chosen.peers_python, self.chosen.slow_files
        peers = {name: partial(self.peer, name, files, there) for name in PIXEL_PEERS}
        counts = frame_counts(dicom_files(self.corpus))
        results = repeat(ours | peers, self.chosen.repeats)
        return compared({name: with_frames(one, counts) for name, one in results.items()})

    def audit(self) -> Result:
        """Measure the audit of what our own cleaning writes, in one process and in two."""
        out = self.empty()
        module = "benchmarks.deidentify.ours"
        try:
            run([sys.executable, "-m", module, "pixels", self.corpus, out])
            one, two = (
                run([sys.executable, "-m", module, "audit", self.corpus, out, str(number)], number)
                for number in (1, 2)
            )
        except Absent as reason:
            return {"not_measured": str(reason)}
        faster = round(one["search_wall_s"] / two["search_wall_s"], 2)
        return {"1 workers": one, "2 workers": two, "search_times_as_fast": faster}

    def side_by_side(self, task: str, corpus: Path) -> dict[str, Any]:
        """Measure a task with one worker and with two, on two cores."""
        both: dict[str, Measure] = {
            f"{number} workers": partial(self.ours, task, corpus, number, 2) for number in (1, 2)
        }
        result = repeat(both, self.chosen.repeats)
        one, two = (result[name]["wall_s"] for name in both)
        return result | {"times_as_fast": round(one / two, 2)}

    def ingest(self) -> dict[str, Any]:
        """Measure ingest with one worker and with two."""
        archive = self.folder / "archive"
        write_archive(archive, self.chosen.ingest_files)
        return self.side_by_side("ingest", archive)

    def memory(self) -> dict[str, Result]:
        """Measure the peak memory of cleaning one cine, for each length."""
        results = {}
        for frames, limit in CINES.items():
            folder = self.folder / f"cine-{frames}"
            write_cine(folder, frames)
            print(f"  {frames} frames", flush=True)
            results[f"{frames} frames"] = self.ours("memory", folder) | {"limit_mib": limit}
        return results


def with_frames(result: Result, counts: list[int]) -> Result:
    """Add how many frames a tool of pixels cleaned a second; `counts` are those of all files."""
    if "not_measured" in result:
        return result
    frames = sum(counts[: int(result["files"])])
    speeds = {
        f"frames_per_s_{clock}": round(frames / result[f"{clock}_s"], 2)
        for clock in ("wall", "cpu")
    }
    return result | {"frames": frames} | speeds


def compared(results: dict[str, Result]) -> dict[str, Result]:
    """Add to each tool how many times as fast ours is, and print a line for each."""
    for name, result in results.items():
        if "not_measured" in result:
            print(f"{name:30} not measured: {result['not_measured']}")
            continue
        for clock in ("wall", "cpu"):
            field = f"files_per_s_{clock}"
            result[f"ours_to_this_{clock}"] = round(results[OURS][field] / result[field], 2)
        frames = f" ({result['frames_per_s_cpu']:.0f} frames/s)" if "frames" in result else ""
        print(
            f"{name:30} {result['files_per_s_wall']:8.1f} files/s by the wall, "
            f"{result['files_per_s_cpu']:8.1f} by the processor{frames}; "
            f"ours is {result['ours_to_this_cpu']:.2f} times as fast"
        )
    return results


def main() -> None:
    """Measure, print, and write `benchmarks/results/NAME.json`."""
    chosen = arguments()
    described = describe(chosen.peers_python)
    with tempfile.TemporaryDirectory() as temporary:
        # As an installation has it: without, every process would compile large modules again.
        os.environ |= {
            "PYTHONPYCACHEPREFIX": f"{temporary}/bytecode",
            "PYTHONDONTWRITEBYTECODE": "",
        }
        bench = Bench(Path(temporary), chosen)
        files = dicom_files(bench.corpus)
        result: dict[str, Any] = {
            "corpus": {"files": len(files), "bytes": sum(path.stat().st_size for path in files)},
            "repeats": chosen.repeats,
        }
        measures: dict[str, Callable[[], Any]] = {
            "headers": bench.headers,
            "pixels": bench.pixels,
            "audit": bench.audit,
            "clean_side_by_side": partial(bench.side_by_side, "workers", bench.corpus),
            "ingest_side_by_side": bench.ingest,
            "memory": bench.memory,
        }
        result |= {name: measures[name]() for name in chosen.only}
    machine = described | {"load_after": os.getloadavg()[0]}
    write_json(
        ROOT / "benchmarks" / "results" / f"{chosen.name}.json", result | {"machine": machine}
    )


if __name__ == "__main__":
    main()
