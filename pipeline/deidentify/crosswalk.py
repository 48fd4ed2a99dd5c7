"""Write, only when the archive's owner asks, which pseudonyms stand for which originals.

    python -m pipeline.deidentify.crosswalk --out ~/vault/crosswalk.sealed
    python -m pipeline.deidentify.crosswalk --read ~/vault/crosswalk.sealed

The file is encrypted under a key made from the study's key or from a passphrase, may not lie in
the repository, in data/ or in the archive, and is readable by its owner alone. Reading prints to a
terminal and nowhere else.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset

from pipeline.errors import StudyError
from pipeline.ingest.columns import patient_of
from pipeline.io.hashing import canonical_json
from pipeline.io.keys import REPOSITORY, load_key, new_uid, pseudonym, read_secret
from pipeline.io.part10 import open_dicom
from pipeline.io.sealed import Kind, read_sealed, sealed_writer
from pipeline.io.sources import Source, walk_sources
from pipeline.params import load_params

PURPOSE = "insonate crosswalk"
SHORTEST_PASSPHRASE = 16
UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
IDENTIFIERS = ("PatientID", "IssuerOfPatientID", *UIDS)
Row = dict[str, Any]


def crosswalk_rows(sources: Iterable[Source], key: bytes) -> Iterator[Row]:
    """Yield for each source its path and identifiers, and what stands for them in the study.

    The path of a member of a zip or tar is that of `Source.relative`. What cannot be read as DICOM
    has only its path and instance id.
    """
    for source in sources:
        row: Row = {
            "path": source.relative.decode("utf-8", "surrogateescape"),
            "instance": pseudonym(key, "instance", source.relative),
        }
        yield row | _identity(source, key)


def _identity(source: Source, key: bytes) -> Row:
    """Return identifiers and pseudonyms; nothing of what is no DICOM file, or a damaged one."""
    try:
        with open_dicom(source) as handle:
            header = dcmread(handle, stop_before_pixels=True, specific_tags=list(IDENTIFIERS))
            row = {name: str(header.get(name) or "") for name in IDENTIFIERS}
            row |= {f"new_{name}": new_uid(key, row[name]) for name in UIDS if row[name]}
            return row | _pseudonyms(header, row, key)
    except Exception:  # it has been quarantined, for whatever reason
        return {}


def _pseudonyms(header: Dataset, row: Row, key: bytes) -> Row:
    if not row["StudyInstanceUID"]:
        return {}
    return {
        "patient": patient_of(key, header),
        "study": pseudonym(key, "study", row["StudyInstanceUID"]),
        "series": pseudonym(key, "series", row["SeriesInstanceUID"]),
    }


def write_crosswalk(
    out: Path, sources: Iterable[Source], key: bytes, secret: bytes, kind: Kind
) -> int:
    """Write the encrypted crosswalk, row by row; return the number of rows."""
    count = 0
    with sealed_writer(out, secret, kind, PURPOSE) as add:
        for row in crosswalk_rows(sources, key):
            add(canonical_json(row).encode())
            count += 1
    return count


def read_crosswalk(path: Path, secret: bytes, kind: Kind) -> Iterator[Row]:
    """Yield the rows of a crosswalk. Raises StudyError for a wrong secret or a changed file."""
    for row in read_sealed(path, secret, kind, PURPOSE):
        yield json.loads(row)


def check_place(out: Path, raw: Path) -> None:
    """Raise StudyError when `out` exists, or lies where a study's files do, through links too."""
    for folder in (REPOSITORY, (REPOSITORY / "data").resolve(), raw.resolve()):
        if out.expanduser().resolve().is_relative_to(folder):
            raise StudyError(
                "--out: a crosswalk must not lie in the repository, in data/ or in the archive"
            )
    if out.expanduser().exists():
        raise StudyError("--out: there is such a file; name a new one, or remove it")


def _passphrase(path: Path) -> bytes:
    passphrase = read_secret(path, "--passphrase-file").strip()
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise StudyError(f"--passphrase-file: shorter than {SHORTEST_PASSPHRASE} characters")
    return passphrase


def _run(arguments: argparse.Namespace) -> None:
    params = load_params(Path("params.yaml"))
    simulated = params.cohort.source == "simulate"
    raw = Path("data/raw" if simulated else params.cohort.path)
    key = load_key(params.deidentify.key_file, simulated)
    kind: Kind = "passphrase" if arguments.passphrase_file else "key"
    secret = _passphrase(arguments.passphrase_file) if arguments.passphrase_file else key
    if arguments.out:
        check_place(arguments.out, raw)
        out = arguments.out.expanduser()
        print(f"{write_crosswalk(out, walk_sources(raw), key, secret, kind)} files written")
    elif not sys.stdout.isatty():
        raise StudyError("--read: a crosswalk is printed to a terminal, not to a file or a pipe")
    else:
        for row in read_crosswalk(arguments.read.expanduser(), secret, kind):
            print(canonical_json(row))


def main() -> None:
    """Write or print the crosswalk of the study of params.yaml."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.deidentify.crosswalk",
        description="Write, encrypted, which pseudonyms stand for which originals; or print it.",
    )
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--out", type=Path, help="file to write, outside the repository")
    action.add_argument("--read", type=Path, help="file to print to this terminal")
    parser.add_argument(
        "--passphrase-file", type=Path, help="encrypt under this instead of the study's key"
    )
    try:
        _run(parser.parse_args())
    except StudyError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
