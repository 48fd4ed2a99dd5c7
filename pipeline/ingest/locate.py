"""Tell the archive's owner, who holds the key, which file an instance id stands for.

    python -m pipeline.ingest.locate ID...

The answer goes to the terminal and nowhere else.
"""

import sys
from pathlib import Path

from pipeline.io.keys import load_key, pseudonym
from pipeline.io.trees import walk_files
from pipeline.params import load_params


def main() -> None:
    """Print the path of each instance id of the command line."""
    params = load_params(Path("params.yaml"))
    simulated = params.cohort.source == "simulate"
    key = load_key(params.deidentify.key_file, simulated)
    raw = Path("data/raw" if simulated else params.cohort.path)
    wanted = set(sys.argv[1:])
    for relative, path in walk_files(raw):
        instance = pseudonym(key, "instance", relative)
        if instance in wanted:
            print(instance, path)
            wanted.discard(instance)
    for missing in sorted(wanted):
        print(missing, "is no file of this archive under this key", file=sys.stderr)
    sys.exit(bool(wanted))


if __name__ == "__main__":
    main()
