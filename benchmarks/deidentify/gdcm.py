"""Measure gdcmanon, which is a program and takes a folder at once."""

import shutil
import subprocess
import sys
from pathlib import Path

from pydicom import dcmread

from benchmarks.deidentify.clock import dicom_files, report, timed

SUBJECT = "/CN=benchmark"
# Encrypted, original and sealed attributes: it adds its own, and refuses files that have some.
SEALS = (0x04000500, 0x04000510, 0x04000550, 0x04000561)


def without_seals(corpus: Path, folder: Path) -> None:
    """Copy the corpus without what the program refuses."""
    folder.mkdir()
    for number, path in enumerate(dicom_files(corpus)):
        dataset = dcmread(path)
        for tag in SEALS:
            dataset.pop(tag, None)
        dataset.save_as(folder / f"{number:05d}.dcm", enforce_file_format=False)


def main() -> None:
    """Measure `gdcmanon --de-identify` on the corpus that the command line names."""
    corpus, out, _ = sys.argv[1:]
    program = shutil.which("gdcmanon")
    if program is None:
        raise SystemExit("gdcmanon is not on the PATH")
    files = Path(out, "in")
    without_seals(Path(corpus), files)
    key, certificate = Path(out, "key.pem"), Path(out, "certificate.pem")
    made: list[str | Path] = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        SUBJECT,
    ]
    subprocess.run([*made, "-keyout", key, "-out", certificate], capture_output=True, check=True)
    command: list[str | Path] = [
        program,
        "--de-identify",
        "--continue",
        "--recursive",
        "--certificate",
        certificate,
    ]

    cleaned = Path(out, "cleaned")
    cleaned.mkdir()

    def clean() -> None:
        subprocess.run([*command, "-i", files, "-o", cleaned], capture_output=True, check=False)

    result = timed(clean)
    written = len(dicom_files(cleaned))
    if not written:
        raise SystemExit("gdcmanon wrote none of the files")
    report({"files": len(dicom_files(Path(corpus))), **result, "written": written})


if __name__ == "__main__":
    main()
