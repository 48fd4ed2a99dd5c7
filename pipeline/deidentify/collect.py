"""Join the parts' tables, and count that every instance became frames or has a reason why not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path

from pipeline.deidentify.chain import join_chained
from pipeline.deidentify.join import Row, merged, write_rows
from pipeline.deidentify.params import CleanParams
from pipeline.deidentify.tables import FRAMES, LEDGER, REJECTED, REVIEW
from pipeline.errors import StudyError
from pipeline.io.atomic import atomic_path
from pipeline.io.keys import load_key
from pipeline.step import Job

_by_instance = itemgetter("instance")


def collect(
    key: bytes,
    instances: Path,
    tables: Sequence[Path],
    rejections: Sequence[Path],
    ledgers: Sequence[Path],
    reviews: Sequence[Path],
    frames: Path,
    rejected: Path,
    ledger: Path,
    review: Path,
) -> dict[str, float]:
    """Write the joined tables, sorted, and return counts.

    The ledger and the table of rejected instances are chained, row by row, under `key`.

    Raises StudyError when an instance is in no part, or in more than one, or lacks frames, or has
    no row of the ledger, or more than one.
    """
    sizes = ("instance", "frames")
    known = {row["instance"]: row["frames"] for row in merged([instances], sizes, _by_instance)}
    refused = [row["instance"] for row in merged(rejections, sizes[:1], _by_instance)]
    counted = _Counted(merged(tables, FRAMES.names, itemgetter("instance", "frame_index")))
    with atomic_path(frames) as temporary:
        write_rows(counted, FRAMES, temporary)
        _check(known, counted.frames, refused, merged(ledgers, sizes, _by_instance))
    join_chained(rejections, REJECTED, rejected, "rejected", key)
    join_chained(ledgers, LEDGER, ledger, "ledger", key)
    by_frame = itemgetter("instance", "frame_index", "reason")
    write_rows(merged(reviews, REVIEW.names, by_frame), REVIEW, review)
    doubtful = {row["instance"] for row in merged(reviews, sizes[:1], _by_instance)}
    return {
        "instances": len(known),
        "frames": counted.frames.total(),
        "rejected_instances": len(refused),
        "patients": len(counted.patients),
        "instances_to_review": len(doubtful),
    }


class _Counted:
    """Rows of frames, counted by instance while they are passed on."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.frames: Counter[str] = Counter()
        self.patients: set[str] = set()
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.frames[row["instance"]] += 1
            self.patients.add(row["patient"])
            yield row


def _check(
    known: Mapping[str, int],
    frames: Mapping[str, int],
    refused: Sequence[str],
    ledger: Iterable[Row],
) -> None:
    accounted = Counter([*frames, *refused])
    wrong = sum((Counter(known.keys()) - accounted).values())
    wrong += sum((accounted - Counter(known.keys())).values())
    # Each has one row of the ledger, with its frames.
    due = {**known, **dict.fromkeys(refused, 0)}
    wrong += sum(due.pop(row["instance"], None) != row["frames"] for row in ledger) + len(due)
    if wrong or any(known[instance] != number for instance, number in frames.items()):
        raise StudyError(
            f"{wrong or 'some'} instances are lost, doubled or have other frames than ingest "
            "counted; run snakemake --forcerun ingest_scan"
        )


def main() -> None:
    """Run the step."""
    with Job.from_command_line() as job:
        simulated = job.value("cohort.source") == "simulate"
        params = job.section(CleanParams)
        job.log_metrics(
            collect(
                load_key(params.key_file, simulated),
                job.input("instances"),
                job.inputs("tables"),
                job.inputs("rejected"),
                job.inputs("ledgers"),
                job.inputs("reviews"),
                job.output("frames"),
                job.output("rejected"),
                job.output("ledger"),
                job.output("review"),
            )
        )


if __name__ == "__main__":
    main()
