"""Join the parts' tables, and count that every instance became frames or has a reason why not."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.deidentify.tables import FRAMES, REJECTED
from pipeline.errors import StudyError
from pipeline.ingest.tables import INSTANCES
from pipeline.io.tables import read_table, write_table
from pipeline.step import Job


def collect(
    instances: Path,
    tables: Sequence[Path],
    rejections: Sequence[Path],
    frames: Path,
    rejected: Path,
) -> dict[str, float]:
    """Write the joined tables, sorted, and return counts.

    Raises StudyError when an instance is in no part, or in more than one, or lacks frames.
    """
    known = read_table(instances, INSTANCES).set_index("instance")
    all_frames = pd.concat([read_table(path, FRAMES) for path in tables], ignore_index=True)
    all_rejected = pd.concat([read_table(path, REJECTED) for path in rejections], ignore_index=True)
    found = all_frames.groupby("instance").size()
    accounted = Counter([*found.index, *all_rejected.instance])
    wrong = sum((Counter(known.index) - accounted).values())
    wrong += sum((accounted - Counter(known.index)).values())
    if wrong or (found != known.frames.loc[found.index]).any():
        raise StudyError(
            f"{wrong or 'some'} instances are lost, doubled or have other frames than ingest "
            "counted; run snakemake --forcerun ingest_scan"
        )
    write_table(all_frames.sort_values("frame"), FRAMES, frames)
    write_table(all_rejected.sort_values("instance"), REJECTED, rejected)
    return {
        "instances": len(known),
        "frames": len(all_frames),
        "rejected_instances": len(all_rejected),
        "patients": all_frames.patient.nunique(),
    }


def main() -> None:
    """Run the step."""
    with Job.from_command_line() as job:
        job.log_metrics(
            collect(
                job.input("instances"),
                job.inputs("tables"),
                job.inputs("rejected"),
                job.output("frames"),
                job.output("rejected"),
            )
        )


if __name__ == "__main__":
    main()
