"""Convert a downloaded data set: `python -m pipeline.tasks.convert <dataset> SOURCE OUT`.

SOURCE is the folder that the data set unpacks to, in whatever folder it lies. OUT is a new folder
in the FM_UIA format; name it in `tasks.path`.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.errors import StudyError
from pipeline.tasks.convert import (
    busi,
    camus,
    ddti,
    fass,
    fetal_planes,
    hc18,
    jnu_ifm,
    mmotu,
    psfhs,
    tn3k,
)
from pipeline.tasks.convert.cases import Case
from pipeline.tasks.convert.source import Source
from pipeline.tasks.convert.writer import convert

CONVERTERS: dict[str, Callable[[Source], Iterator[Case]]] = {
    "busi": busi.cases,
    "camus": camus.cases,
    "ddti": ddti.cases,
    "fass": fass.cases,
    "fetal_planes": fetal_planes.cases,
    "hc18": hc18.cases,
    "jnu_ifm": jnu_ifm.cases,
    "mmotu": mmotu.cases,
    "psfhs": psfhs.cases,
    "tn3k": tn3k.cases,
}


def main(argv: list[str] | None = None) -> None:
    """Convert the data set that the command line names, and print what became of its files."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.tasks.convert", description=__doc__)
    # Checked below: argparse would not say how make takes the name.
    parser.add_argument("dataset", metavar="DATASET", help=", ".join(CONVERTERS))
    parser.add_argument("source", type=Path, metavar="SOURCE")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument(
        "--split",
        metavar="RULE",
        help="fetal_planes only: official (default), ultradino, or the folder of UltraDINO's lists",
    )
    args = parser.parse_args(argv)
    if args.dataset not in CONVERTERS:
        parser.error(f"name the data set (DATASET=): {', '.join(CONVERTERS)}")
    if Path() in (args.source, args.out):
        parser.error("name the data set's folder (FROM=) and a new or empty one to write (TO=)")
    cases = CONVERTERS[args.dataset]
    if args.split is not None:
        if args.dataset != "fetal_planes":
            parser.error("--split is a choice of fetal_planes alone")
        cases = partial(fetal_planes.cases, rule=args.split)
    try:
        source = Source(args.source)
        print(_report(convert(args.dataset, source, cases(source), args.out)))
    except StudyError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def _report(summary: dict[str, Any]) -> str:
    used, refused = summary["files_used"], summary["files_quarantined"]
    lines = [
        f"{summary['dataset']}: {summary['files_found']} files = {sum(used.values())} used + "
        f"{sum(refused.values())} quarantined"
    ]
    lines += [f"  used as {name}: {number}" for name, number in used.items()]
    lines += [f"  quarantined, {reason}: {number}" for reason, number in refused.items()]
    for reason, number in summary["labels_quarantined"].items():
        lines.append(f"  one label or table row quarantined, {reason}: {number}")
    for table, counts in summary["rows"].items():
        splits = ", ".join(f"{name} {number}" for name, number in counts["splits"].items())
        patients = f", {counts['patients']} patients or clips" if counts["patients"] else ""
        lines.append(f"  {table}: {counts['rows']} rows ({splits}){patients}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
