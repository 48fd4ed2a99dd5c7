"""How memory and time grow with an archive: `python -m benchmarks.deidentify.scale`.

Archives of small stills go through the four steps of ingest and de-identification, each step in
processes of its own, in which nothing else was done before.
"""

import argparse
import os
import resource
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.deidentify.children import ROOT, Result, run
from benchmarks.deidentify.clock import report, timed
from benchmarks.deidentify.corpora import write_patients
from benchmarks.deidentify.machine import describe
from benchmarks.deidentify.ours import TABLES, clean, outputs_of, peak_mib
from benchmarks.deidentify.settings import DEIDENTIFY, INGEST, KEY
from pipeline.deidentify.collect import collect
from pipeline.ingest.scan import Outputs as Scanned
from pipeline.ingest.scan import scan_archive
from pipeline.io.atomic import write_json
from pipeline.io.keys import new_uid, pseudonym

PARTS = DEIDENTIFY.partitions
PROCESSES = 2


def scan(raw: Path, out: Path, _: int) -> None:
    """Run ingest."""
    names = ("instances.parquet", "quarantine.parquet", "regions.parquet", "counts.json")
    outputs = Scanned(*(out / name for name in names))
    scan_archive(INGEST, KEY, PARTS, raw, (), outputs, out / "resume")


def joined(_: Path, out: Path, __: int) -> None:
    """Join the parts' tables."""
    tables, rejected, ledgers, reviews = (
        [out / f"{name}-{part}.parquet" for part in range(PARTS)] for name in TABLES
    )
    collect(
        KEY,
        out / "instances.parquet",
        tables,
        rejected,
        ledgers,
        reviews,
        out / "frames.parquet",
        out / "rejected.parquet",
        out / "ledger.parquet",
        out / "review.parquet",
    )


def audited(raw: Path, out: Path, _: int) -> None:
    """Run the audit as the study does."""
    # Imported here, because their neural network's memory is not the cleaner's.
    from pipeline.deidentify.audit.check import audit, declared_vocabulary
    from pipeline.deidentify.audit.outputs import Outputs
    from pipeline.deidentify.audit.pixel_text import Sample, TextCheck
    from pipeline.deidentify.audit.reader_process import ReaderProcess
    from pipeline.deidentify.audit.sources import Names

    names = ("instances", "quarantine", "regions", "rejected", "ledger", "review")
    every = [outputs_of(out, part) for part in range(PARTS)]
    outputs = Outputs(
        [out / f"{name}.parquet" for name in names],
        out / "frames.parquet",
        [part.frames for part in every],
        [part.objects for part in every if part.objects],
    )
    chosen = DEIDENTIFY.audit
    sample = Sample(chosen.instances, chosen.every, chosen.confidence)
    with ReaderProcess() as reader:
        audit(
            raw,
            outputs,
            out / "audit.json",
            DEIDENTIFY.profile,
            Names(partial(new_uid, KEY), partial(pseudonym, KEY, "instance"), KEY),
            lambda harvest: TextCheck(reader.read, harvest.texts, sample),
            declared_vocabulary(),
            workers=chosen.workers,
        )


STEPS: dict[str, Callable[[Path, Path, int], None]] = {
    "ingest": scan, "clean": clean, "collect": joined, "audit": audited
}  # fmt: skip


def step(name: str, raw: Path, out: Path) -> Result:
    """Run a step, `clean` for every part and two at a time; return its time and its memory."""
    parts = range(PARTS if name == "clean" else 1)

    def child(part: int) -> Result:
        module = "benchmarks.deidentify.scale"
        return run([sys.executable, "-m", module, name, raw, out, str(part)], PROCESSES)

    started = perf_counter()
    with ThreadPoolExecutor(PROCESSES) as pool:
        results = list(pool.map(child, parts))
    return {
        "wall_s": round(perf_counter() - started, 1),
        "cpu_s": round(sum(result["cpu_s"] for result in results), 1),
        "peak_mib": round(max(result["peak_mib"] for result in results)),
    }


def measure(files: int) -> dict[str, Result]:
    """Run all steps on so many files; print and return what each took."""
    found: dict[str, Result] = {}
    with tempfile.TemporaryDirectory() as temporary:
        raw, out = Path(temporary) / "raw", Path(temporary) / "out"
        write_patients(raw, files)
        out.mkdir()
        for name in STEPS:
            found[name] = step(name, raw, out)
            found[name]["cpu_ms_per_file"] = round(1000 * found[name]["cpu_s"] / files, 2)
            print(f"{files:7} files  {name:8} {found[name]}", flush=True)
    return found


def main() -> None:
    """Measure archives of several sizes, and write `benchmarks/results/NAME.json`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deidentify.scale")
    parser.add_argument("--files", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--name", default="scale", help="of the file in benchmarks/results")
    chosen = parser.parse_args()
    machine = describe(None)
    result: dict[str, Any] = {str(files): measure(files) for files in chosen.files}
    machine |= {"load_after": os.getloadavg()[0]}
    path = ROOT / "benchmarks" / "results" / f"{chosen.name}.json"
    write_json(path, {"files": result, "machine": machine})


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in STEPS:
        chosen, folder, written, part = sys.argv[1:]
        timing = timed(partial(STEPS[chosen], Path(folder), Path(written), int(part)))
        started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        report(timing | {"peak_mib": max(peak_mib(), started)})
    else:
        main()
