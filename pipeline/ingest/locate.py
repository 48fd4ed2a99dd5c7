"""Tell the archive's owner, who holds the key, which file an instance id stands for.

The answer goes to the terminal and nowhere else.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline.io.keys import PSEUDONYM_DIGITS, load_key, pseudonym
from pipeline.io.sources import Source, walk_sources
from pipeline.params import load_params


def locate(wanted: set[str], raw: Path, key: bytes) -> Iterator[tuple[str, Source]]:
    """Yield (instance id, source) for each wanted id that is a file of the archive at `raw`."""
    for source in walk_sources(raw):
        instance = pseudonym(key, "instance", source.relative)
        if instance in wanted:
            yield instance, source


def main() -> None:
    """Print where each instance id of the command line lies."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.ingest.locate", description=__doc__)
    parser.add_argument(
        "id", nargs="+", help="32 digits of an instance, or a frame's id, which begins with them"
    )
    missing = {name[:PSEUDONYM_DIGITS] for name in parser.parse_args().id}
    params = load_params(Path("params.yaml"))
    simulated = params.cohort.source == "simulate"
    key = load_key(params.deidentify.key_file, simulated)
    raw = Path("data/raw" if simulated else params.cohort.path)
    for instance, source in locate(set(missing), raw, key):
        print(instance, source.shown())
        missing.discard(instance)
    for instance in sorted(missing):
        print(instance, "is no file of this archive under this key", file=sys.stderr)
    sys.exit(bool(missing))


if __name__ == "__main__":
    main()
