"""Measure gdcmanon, which is a program and takes a folder at once."""

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.deidentify.clock import dicom_files, report, timed

SUBJECT = "/CN=benchmark"


def main() -> None:
    """Measure `gdcmanon --de-identify` on the corpus that the command line names."""
    corpus, out, _ = sys.argv[1:]
    program = shutil.which("gdcmanon")
    if program is None:
        raise SystemExit("gdcmanon is not on the PATH")
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

    def clean() -> None:
        subprocess.run([*command, "-i", corpus, "-o", out], capture_output=True, check=False)

    result = timed(clean)
    written = len(dicom_files(Path(out)))
    if not written:
        raise SystemExit("gdcmanon wrote none of the files")
    report({"files": len(dicom_files(Path(corpus))), **result, "written": written})


if __name__ == "__main__":
    main()
