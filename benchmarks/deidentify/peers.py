"""Measure one other tool: `python -m benchmarks.deidentify.peers TOOL CORPUS OUT FILES`.

Runs in the Python in which the tool is installed, needs nothing of ours but the clock, and calls
each tool as its documentation does, with its defaults.
"""

import shutil
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.deidentify.clock import dicom_files, each_file, report, timed

WARM_UP = 4
Clean = Callable[[Path, Path], Any]


def read_write() -> Clean:
    """Return pydicom's reading and writing: nothing is cleaned."""
    from pydicom import dcmread

    return lambda path, target: dcmread(path).save_as(target)


def read_walk_write() -> Clean:
    """Return the same with a walk over every element: nothing is cleaned."""
    from pydicom import dcmread

    def clean(path: Path, target: Path) -> None:
        dataset = dcmread(path)
        for _ in dataset.iterall():
            pass
        dataset.save_as(target)

    return clean


def dicognito() -> Clean:
    """Return dicognito's anonymizer."""
    from dicognito.anonymizer import Anonymizer
    from pydicom import dcmread

    anonymizer = Anonymizer()

    def clean(path: Path, target: Path) -> None:
        dataset = dcmread(path)
        anonymizer.anonymize(dataset)
        dataset.save_as(target)

    return clean


def kitware() -> Clean:
    """Return KitwareMedical's dicom-anonymizer."""
    from dicomanonymizer import anonymize_dicom_file

    return lambda path, target: anonymize_dicom_file(str(path), str(target))


def deid() -> Clean:
    """Return pydicom's deid with its default recipe and without private elements."""
    from deid.dicom import get_identifiers, replace_identifiers

    def clean(path: Path, target: Path) -> None:
        ids = get_identifiers([str(path)])
        for dataset in replace_identifiers([str(path)], ids=ids, save=False, remove_private=True):
            dataset.save_as(target)

    return clean


def deid_pixels() -> Clean:
    """Return deid's cleaner of pixels with its own recipe for ultrasound; headers stay."""
    from deid.dicom import DicomCleaner

    def clean(path: Path, target: Path) -> None:
        cleaner = DicomCleaner(output_folder=str(target.parent), deid="dicom.ultrasound")
        cleaner.detect(str(path))
        cleaner.clean()
        saved = cleaner.save_dicom()
        Path(saved).replace(target)

    return clean


TOOLS: dict[str, tuple[str, Callable[[], Clean]]] = {
    "pydicom read + write": ("pydicom", read_write),
    "pydicom read + walk + write": ("pydicom", read_walk_write),
    "dicognito": ("dicognito", dicognito),
    "dicom-anonymizer": ("dicom-anonymizer", kitware),
    "deid": ("deid", deid),
    "deid, ultrasound recipe": ("deid", deid_pixels),
}


def dentdeid(files: list[Path], out: Path) -> dict[str, float]:
    """Measure dentdeid's basic profile, which takes a folder at once; without its previews."""
    from dataclasses import replace

    import dentdeid as tool

    profile = replace(tool.get_profile("basic"), previews=False)
    tool.deidentify(files[:WARM_UP], out / "warm", profile=profile)
    shutil.rmtree(out / "warm")
    result = timed(lambda: tool.deidentify(files, out, profile=profile))
    return {"files": len(files), **result}


def main() -> None:
    """Measure the tool that the command line names."""
    name, corpus, out, number = sys.argv[1:]
    files = dicom_files(Path(corpus))[: int(number) or None]
    if name == "dentdeid":
        result: dict[str, Any] = dentdeid(files, Path(out))
        package = name
    else:
        package, prepare = TOOLS[name]
        result = each_file(files, Path(out), prepare(), WARM_UP)
    written = sum(1 for path in Path(out).rglob("*.dcm"))
    report(result | {"written": written, "version": version(package)})


if __name__ == "__main__":
    main()
