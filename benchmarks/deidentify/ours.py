"""Measure our own side: `python -m benchmarks.deidentify.ours TASK CORPUS OUT [NUMBER]`."""

import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from shutil import rmtree
from typing import Any

from benchmarks.deidentify.clock import dicom_files, each_file, report, timed
from benchmarks.deidentify.settings import DEIDENTIFY, INGEST, KEY
from pipeline.deidentify.clean import Outputs, clean_part
from pipeline.deidentify.collect import collect
from pipeline.deidentify.export.writer import write_copied
from pipeline.deidentify.profile.dataset import clean_dataset
from pipeline.ingest.rows import file_row
from pipeline.ingest.scan import Outputs as Scanned
from pipeline.ingest.scan import scan_archive
from pipeline.ingest.tables import INSTANCES, QUARANTINE
from pipeline.io.keys import new_uid, pseudonym
from pipeline.io.pixel_file import open_pixels
from pipeline.io.sources import walk_sources
from pipeline.io.tables import write_table

WARM_UP = 4
TABLES = ("table", "rejected", "ledger", "review")


def header(path: Path, target: Path) -> None:
    """Clean the whole header of one file, recursively; its pixels are copied as bytes."""
    with open_pixels(path, whole=True) as pixels, target.open("wb") as written:
        patient = pseudonym(KEY, "patient", str(pixels.before.get("PatientID")))
        cleaned = clean_dataset(pixels.before, KEY, patient, DEIDENTIFY.profile, Counter())
        write_copied(written, cleaned, pixels)


def headers(corpus: Path, out: Path, _: int) -> dict[str, float]:
    """Measure reading, the complete profile, and writing, without a look at pixels."""
    return each_file(dicom_files(corpus), out, header, WARM_UP)


def make_instances(corpus: Path, table: Path, partitions: int) -> int:
    """Write the table of instances, equal pixels and all; return how many there are.

    Ingest would set duplicates aside, but the other tools clean every file.
    """
    rows = (file_row(source, INGEST, KEY, partitions) for source in walk_sources(corpus))
    usable = [row for row in rows if not row["reason"]]
    names = set(INSTANCES.names)
    write_table(
        [{name: row[name] for name in row if name in names} for row in usable], INSTANCES, table
    )
    return len(usable)


def outputs_of(out: Path, part: int) -> Outputs:
    """Return where one part's artifacts go."""
    table, rejected, ledger, review = (out / f"{name}-{part}.parquet" for name in TABLES)
    frames, objects = out / f"frames-{part}.tar", out / f"objects-{part}.tar"
    return Outputs(frames, table, rejected, ledger, review, objects)


def clean(corpus: Path, out: Path, part: int) -> None:
    """Run the step `pipeline.deidentify.clean` for one part."""
    resume = out / f"resume-{part}"
    clean_part(
        DEIDENTIFY, KEY, part, corpus, out / "instances.parquet", outputs_of(out, part), resume
    )
    rmtree(resume)


def warm_up(corpus: Path, out: Path) -> None:
    """Clean the first study, so that imports and tables are there."""
    study, warm = dicom_files(corpus)[0].parent, out / "warm"
    warm.mkdir()
    make_instances(study, warm / "instances.parquet", 1)
    clean(study, warm, 0)


def pixels(corpus: Path, out: Path, _: int) -> dict[str, float]:
    """Measure the step `clean`: header, sector, text, PNG frames and exported DICOM."""
    warm_up(corpus, out)
    count = make_instances(corpus, out / "instances.parquet", 1)
    return {"files": count, **timed(partial(clean, corpus, out, 0))}


def audited(corpus: Path, out: Path, number: int) -> dict[str, float]:
    """Measure the audit of what `pixels` wrote: the search of every byte, and the sampled reading.

    In `number` processes side by side.

    The reading is of as many instances in a study of 100 files as in one of 100,000.
    """
    # Imported here, because their neural network's memory is not the cleaner's.
    from pipeline.deidentify.audit.check import audit, declared_vocabulary
    from pipeline.deidentify.audit.outputs import Outputs as Audited
    from pipeline.deidentify.audit.pixel_text import Sample, TextCheck
    from pipeline.deidentify.audit.reader_process import ReaderProcess
    from pipeline.deidentify.audit.sources import Names

    table, rejected, ledger, review = ([out / f"{name}-0.parquet"] for name in TABLES)
    joined = (out / f"{name}.parquet" for name in TABLES)
    parts = table, rejected, ledger, review
    collect(KEY, out / "instances.parquet", *parts, *joined)
    write_table([], QUARANTINE, out / "quarantine.parquet")
    names = ("instances", "quarantine", "rejected", "ledger", "review")
    outputs = Audited(
        [out / f"{name}.parquet" for name in names],
        out / "table.parquet",
        [out / "frames-0.tar"],
        [out / "objects-0.tar"],
    )
    keyed = Names(partial(new_uid, KEY), partial(pseudonym, KEY, "instance"), KEY)
    counts: dict[str, float] = {}

    def check(text: Callable[..., TextCheck] | None) -> None:
        found = audit(
            corpus,
            outputs,
            out / "audit.json",
            DEIDENTIFY.profile,
            keyed,
            text,
            declared_vocabulary() if DEIDENTIFY.profile.clean_descriptors else frozenset(),
            workers=number,
        )
        counts.update(files=found["objects_checked"], images_read=found["images_read_for_text"])

    search = timed(lambda: check(None))
    chosen = DEIDENTIFY.audit
    sample = Sample(chosen.instances, chosen.every, chosen.confidence)

    def read_too() -> None:
        with ReaderProcess() as reader:
            check(lambda harvest: TextCheck(reader.read, harvest.texts, sample))

    both = timed(read_too)
    return counts | both | {f"search_{name}": seconds for name, seconds in search.items()}


def workers(corpus: Path, out: Path, number: int) -> dict[str, float]:
    """Measure the step `clean` over eight parts, in `number` processes side by side."""
    parts = 8
    count = make_instances(corpus, out / "instances.parquet", parts)
    warm_up(corpus, out)
    work = partial(clean, corpus, out)

    def clean_all() -> None:
        with ProcessPoolExecutor(number, get_context("fork")) as pool:
            list(pool.map(work, range(parts)))

    return {"files": count, **timed(clean_all)}


def ingest(corpus: Path, out: Path, number: int) -> dict[str, float]:
    """Measure the step `scan` with `number` workers."""
    params = INGEST.model_copy(update={"workers": number})
    found: dict[str, float] = {}

    def scan() -> None:
        outputs = Scanned(*(out / name for name in Scanned._fields))
        found.update(scan_archive(params, KEY, 1, corpus, (), outputs, out / "resume"))

    timing = timed(scan)
    return {"files": found["discovered"], "accepted": found["accepted"], **timing}


def memory(corpus: Path, out: Path, _: int) -> dict[str, float]:
    """Measure the peak memory of this process when it cleans what is in the corpus."""
    make_instances(corpus, out / "instances.parquet", 1)
    before = peak_mib()
    timing = timed(partial(clean, corpus, out, 0))
    return {"before_mib": before, "peak_mib": peak_mib(), **timing}


def peak_mib() -> float:
    """Return the most memory that this process has held so far, in MiB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(peak) / 1024


TASKS: dict[str, Callable[[Path, Path, int], dict[str, Any]]] = {
    "headers": headers,
    "pixels": pixels,
    "audit": audited,
    "workers": workers,
    "ingest": ingest,
    "memory": memory,
}
if __name__ == "__main__":
    task, folder, out_folder, *more = sys.argv[1:]
    report(TASKS[task](Path(folder), Path(out_folder), int(more[0]) if more else 1))
