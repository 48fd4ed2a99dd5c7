"""Tell the archive's owner, who holds the key, which file an instance id stands for.

The answer is printed; no file keeps it.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.errors import StudyError
from pipeline.io.keys import PSEUDONYM_DIGITS, load_key, pseudonym
from pipeline.io.sources import Source, walk_sources
from pipeline.params import load_params

SET_ASIDE = (Path("data/ingest/quarantine.parquet"), Path("data/deidentify/rejected.parquet"))


def locate(wanted: set[str], raw: Path, key: bytes) -> Iterator[tuple[str, Source]]:
    """Yield (instance id, source) for each wanted id that is a file of the archive at `raw`."""
    for source in walk_sources(raw):
        instance = pseudonym(key, "instance", source.relative)
        if instance in wanted:
            yield instance, source


def set_aside(tables: Iterable[Path]) -> dict[str, str]:
    """Return {instance id: reason} of every file that ingest or cleaning did not take.

    Raises StudyError when the study has not come so far.
    """
    found: dict[str, str] = {}
    for path in tables:
        if not path.is_file():
            raise StudyError(f"{path} is not there: run snakemake deidentify first")
        rows = pq.read_table(path, columns=["instance", "reason"]).to_pylist()
        found.update((row["instance"], row["reason"]) for row in rows)
    return found


def _run(arguments: argparse.Namespace) -> bool:
    """Print what is asked; return whether every id was found."""
    reasons = set_aside(SET_ASIDE) if arguments.set_aside else {}
    missing = {name[:PSEUDONYM_DIGITS] for name in arguments.id} | reasons.keys()
    params = load_params(Path("params.yaml"))
    simulated = params.cohort.source == "simulate"
    key = load_key(params.deidentify.key_file, simulated)
    raw = Path("data/raw" if simulated else params.cohort.path)
    for instance, source in locate(set(missing), raw, key):
        print(instance, *([reasons[instance]] if instance in reasons else []), source.shown())
        missing.discard(instance)
    for instance in sorted(missing):
        print(instance, "is no file of this archive under this key", file=sys.stderr)
    return not missing


def main() -> None:
    """Print where each instance id of the command line lies, or each file that was not taken."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.ingest.locate", description=__doc__)
    parser.add_argument(
        "id", nargs="*", help="32 digits of an instance, or a frame's id, which begins with them"
    )
    parser.add_argument(
        "--set-aside", action="store_true", help="every file that was not taken, with its reason"
    )
    arguments = parser.parse_args()
    if bool(arguments.id) == arguments.set_aside:
        parser.error("give ids, or --set-aside")
    try:
        found = _run(arguments)
        sys.stdout.flush()
    except StudyError as error:
        raise SystemExit(f"error: {error}") from None
    except BrokenPipeError:  # who reads has enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(not found)


if __name__ == "__main__":
    main()
