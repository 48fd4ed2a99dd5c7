"""Join the parts' tables, and count that every instance became frames or has a reason why not."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipeline.deidentify.chain import join_chained
from pipeline.deidentify.params import DeidentifyParams
from pipeline.deidentify.pixels.review import REVIEW
from pipeline.deidentify.tables import FRAMES, LEDGER, REJECTED, REJECTED_ROWS
from pipeline.errors import StudyError
from pipeline.ingest.tables import INSTANCES
from pipeline.io.keys import load_key
from pipeline.io.tables import read_arrow, read_table, write_table
from pipeline.step import Job


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

    Those of rejected and of cleaned instances are chained, row by row, under `key`.

    Raises StudyError when an instance is in no part, or in more than one, or lacks frames.
    """
    known = read_table(instances, INSTANCES).set_index("instance")
    all_frames = _joined(tables, FRAMES)
    all_rejected = [
        instance
        for path in rejections
        for instance in read_arrow(path, REJECTED_ROWS)["instance"].to_pylist()
    ]
    found = all_frames.groupby("instance").size()
    accounted = Counter([*found.index, *all_rejected])
    wrong = sum((Counter(known.index) - accounted).values())
    wrong += sum((accounted - Counter(known.index)).values())
    if wrong or (found != known.frames.loc[found.index]).any():
        raise StudyError(
            f"{wrong or 'some'} instances are lost, doubled or have other frames than ingest "
            "counted; run snakemake --forcerun ingest_scan"
        )
    write_table(all_frames.sort_values("frame"), FRAMES, frames)
    join_chained(rejections, REJECTED, rejected, "rejected", key)
    join_chained(ledgers, LEDGER, ledger, "ledger", key)
    doubts = _joined(reviews, REVIEW).sort_values(["instance", "frame_index", "reason"])
    write_table(doubts, REVIEW, review)
    return {
        "instances": len(known),
        "frames": len(all_frames),
        "rejected_instances": len(all_rejected),
        "patients": all_frames.patient.nunique(),
        "instances_to_review": doubts.instance.nunique(),
    }


def _joined(paths: Sequence[Path], schema: pa.Schema) -> pd.DataFrame:
    return pd.concat([read_table(path, schema) for path in paths], ignore_index=True)


def main() -> None:
    """Run the step."""
    with Job.from_command_line() as job:
        simulated = job.value("cohort.source") == "simulate"
        job.log_metrics(
            collect(
                load_key(job.section(DeidentifyParams).key_file, simulated),
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
