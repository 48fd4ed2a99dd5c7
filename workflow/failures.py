"""The last word of a failed run: what each failed job said, in its own words.

Snakemake prints pages of paths below the one sentence that tells what to do.
"""

import atexit
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

RULE = re.compile(r"^Error in rule (?P<rule>\w+):$")
LOG = re.compile(r"^    log: (?P<paths>.+?)(?: \(check log file\(s\) for error details\))?$")
# As `pipeline.step` prints what is wrong, and as Python ends a traceback.
SAID = re.compile(r"^\[[^]\n]*\] error: (?P<text>.*)\Z", re.MULTILINE | re.DOTALL)
RAISED = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*(?:Error|Exception|Interrupt))\b", re.MULTILINE)


class Failure(NamedTuple):
    """A job that failed: its rule, and its log, if it has one."""

    rule: str
    log: Path | None


def failures(lines: Iterable[str]) -> Iterator[Failure]:
    """Yield the failed jobs of one run, from the lines of Snakemake's own log, each once."""
    seen: set[Failure] = set()
    rule = ""
    for line in lines:
        if found := RULE.match(line):
            rule = found["rule"]
        elif rule and (found := LOG.match(line)):
            logs = [path for path in found["paths"].split(", ") if path.endswith(".log")]
            failure = Failure(rule, Path(logs[0]) if logs else None)
            if failure not in seen:
                yield failure
            seen.add(failure)
            rule = ""


def last_words(failure: Failure) -> str:
    """Return what a failed job said; of an unexpected error its kind: its text may quote data."""
    if failure.log is None or not failure.log.is_file():
        return "it left no log; look above"
    text = failure.log.read_text(encoding="utf-8", errors="replace")
    if said := SAID.search(text):
        return said["text"].strip()
    if raised := RAISED.findall(text):
        return f"an unexpected {raised[-1]}; please report it with the end of its log"
    return "it was stopped or killed, perhaps for want of memory; run again to go on"


def summary(snakemake_logs: Iterable[Path]) -> str:
    """Return the last words of all failed jobs of the run that wrote these logs."""
    lines = chain.from_iterable(
        path.read_text(encoding="utf-8", errors="replace").splitlines() for path in snakemake_logs
    )
    failed = list(failures(lines))
    told = [
        f"{failure.rule} ({failure.log}): {last_words(failure)}".replace("\n", "\n  ")
        for failure in failed
    ]
    return "\n".join(["", f"What failed ({len(failed)}):", *(f"- {text}" for text in told)])


def tell_at_the_end(snakemake_logs: Iterable[Path]) -> None:
    """Print the summary when everything else of this process is printed."""
    text = summary(snakemake_logs)
    atexit.register(lambda: print(text, file=sys.stderr, flush=True))
