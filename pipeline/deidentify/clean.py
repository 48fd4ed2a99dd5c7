"""De-identify one part of the archive: headers by the profile, pixels by the sector."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydicom import dcmread

from pipeline.deidentify.header import clean_header
from pipeline.deidentify.params import DeidentifyParams
from pipeline.deidentify.regions import Geometry, read_geometry
from pipeline.deidentify.sector import Sector, blank_outside, find_sector
from pipeline.deidentify.tables import FRAMES, MAKERS, REJECTED
from pipeline.deidentify.unusable import UnusableError
from pipeline.ingest.tables import INSTANCES
from pipeline.io.dicom import decode_frames, decoder_name
from pipeline.io.hashing import canonical_json, sha256_bytes, sha256_file
from pipeline.io.images import Image, encode_png, to_grey
from pipeline.io.keys import load_key, pseudonym
from pipeline.io.pixel_errors import PixelError
from pipeline.io.shards import ShardWriter, open_shard
from pipeline.io.tables import read_table, write_table
from pipeline.io.trees import walk_files
from pipeline.step import Job

REPORT_EVERY = 50
# Lossy colour transforms leave greys with differences of a few levels between channels.
GREY_TOLERANCE = 6


def maker(text: str) -> str:
    """Return a maker's name from the fixed list, or `other`."""
    words = text.lower().replace("-", " ").split()
    return next((name for name in MAKERS if name in words), "other")


def without_colour(frame: Image) -> Image:
    """Return `frame_HWC` as `frame_HW` when its channels agree but for rounding, else unchanged."""
    if frame.ndim == 2:
        return frame
    spread = frame.max(axis=2) - frame.min(axis=2)
    return to_grey(frame) if spread.max(initial=0) <= GREY_TOLERANCE else frame


def _frame_time(header: Any) -> float | None:
    try:
        return float(header.FrameTime)
    except (AttributeError, TypeError, ValueError):  # a cine is worth more than its rate
        return None


def _sector(path: Path, frames: int, geometry: Geometry, params: DeidentifyParams) -> Sector:
    """Find the sector from the maximum over evenly spaced frames of a cine."""
    brightest: Image | None = None
    step = -(-frames // params.sector_frames)
    for frame in decode_frames(path, range(0, frames, step)):
        brightest = frame if brightest is None else np.maximum(brightest, frame)
    if brightest is None:
        raise UnusableError("no_frames")
    sector = find_sector(brightest, geometry.boxes, params.sector_threshold)
    if sector is None:
        raise UnusableError("no_sector")
    return sector


def clean_instance(
    path: Path, row: Any, shard: str, key: bytes, params: DeidentifyParams
) -> Iterator[tuple[dict[str, Any], dict[str, bytes]]]:
    """Yield (columns of the frame, parts of its sample) for every frame of one instance.

    The first frame's sample also holds the de-identified header. Raises UnusableError when the
    pixels cannot be decoded, or not as many frames as stated, or show no sector.
    """
    header = dcmread(path, stop_before_pixels=True)
    geometry = read_geometry(header)
    sector = _sector(path, row.frames, geometry, params)
    common = {
        "instance": row.instance,
        "patient": row.patient,
        "study": row.study,
        "shard": shard,
        "sector_x0": sector.box.x0,
        "sector_y0": sector.box.y0,
        "sector_x1": sector.box.x1,
        "sector_y1": sector.box.y1,
        "sector_basis": sector.basis,
        "mm_per_px_y": geometry.mm_per_px_y,
        "mm_per_px_x": geometry.mm_per_px_x,
        "calibration_status": geometry.status,
        "frame_time_ms": _frame_time(header),
        "manufacturer": maker(str(header.get("Manufacturer") or "")),
        "transfer_syntax": row.transfer_syntax,
        "decoder": decoder_name(header.file_meta.TransferSyntaxUID),
    }
    count = 0
    for index, decoded in enumerate(decode_frames(path)):
        if decoded.shape[:2] != (row.rows, row.columns):
            raise UnusableError("wrong_size")
        blanked, share = blank_outside(decoded, sector.mask)
        cleaned = without_colour(blanked)
        parts = {"png": encode_png(cleaned)}
        if index == 0:
            json = clean_header(header, key, row.patient).to_json_dict()
            parts["header.json"] = canonical_json(json).encode()
        count += 1
        yield (
            common
            | {
                "frame": f"{row.instance}_{index:04d}",
                "frame_index": index,
                "height": cleaned.shape[0],
                "width": cleaned.shape[1],
                "channels": 1 if cleaned.ndim == 2 else cleaned.shape[2],
                "pixels_sha256": sha256_bytes(cleaned.tobytes()),
                "blanked_share": share,
            },
            parts,
        )
    if count != row.frames:
        raise UnusableError("frame_count")


def _add_instance(
    writer: ShardWriter, path: Path, row: Any, shard: str, key: bytes, params: DeidentifyParams
) -> list[dict[str, Any]]:
    """Write an instance's samples, all or none; return the frames' columns."""
    try:
        # The encoded frames of one instance are held, so that a cine that breaks off leaves none.
        samples = list(clean_instance(path, row, shard, key, params))
    except UnusableError:
        raise
    except PixelError as fault:
        raise UnusableError(fault.reason, fault.detail) from None
    except Exception as error:
        raise UnusableError("decode_failed", type(error).__name__) from None
    for columns, parts in samples:
        writer.add(columns["frame"], parts)
    return [columns for columns, _ in samples]


def clean_part(
    params: DeidentifyParams,
    key: bytes,
    partition: int,
    raw: Path,
    instances: Path,
    frames: Path,
    table: Path,
    rejected: Path,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """De-identify the instances of one partition into a tar and its table; return counts."""
    wanted = read_table(instances, INSTANCES).query("partition == @partition")
    paths = _paths(raw, key, set(wanted.instance))
    rows: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    with open_shard(frames) as writer:
        ordered: Iterator[Any] = wanted.sort_values("instance").itertuples()
        for count, row in enumerate(ordered, start=1):
            try:
                if row.instance not in paths:
                    raise UnusableError("vanished")
                path = paths[row.instance]
                if sha256_file(path) != row.source_sha256:
                    raise UnusableError("changed")
                rows += _add_instance(writer, path, row, frames.name, key, params)
            except UnusableError as fault:
                refused.append(
                    {"instance": row.instance, "reason": fault.reason, "detail": fault.detail}
                )
            if count % REPORT_EVERY == 0:
                progress(f"{count} of {len(wanted)} instances, {len(rows)} frames")
    write_table(pd.DataFrame(rows, columns=FRAMES.names), FRAMES, table)
    write_table(refused, REJECTED, rejected)
    return {"instances": len(wanted), "frames": len(rows), "rejected": len(refused)}


def _paths(raw: Path, key: bytes, wanted: set[str]) -> dict[str, Path]:
    """Find files by the keyed digest of their path: no table holds a path."""
    found = ((pseudonym(key, "instance", relative), path) for relative, path in walk_files(raw))
    return {instance: path for instance, path in found if instance in wanted}


def main() -> None:
    """Run the step for the partition `workflow.partition`."""
    with Job.from_command_line() as job:
        params = job.section(DeidentifyParams)
        job.log_metrics(
            clean_part(
                params,
                load_key(params.key_file, job.value("cohort.source") == "simulate"),
                job.value("workflow.partition"),
                Path(job.value("local.raw")),
                job.input("instances"),
                job.output("frames"),
                job.output("table"),
                job.output("rejected"),
                job.progress,
            )
        )


if __name__ == "__main__":
    main()
