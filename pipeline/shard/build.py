"""Crop de-identified frames to their sector, thin out cines, split by patient, pack shards."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.deidentify.tables import FRAMES
from pipeline.errors import StudyError
from pipeline.io.atomic import write_json
from pipeline.io.hashing import canonical_json, sha256_bytes
from pipeline.io.images import Image, decode_png, encode_png, resize_image, to_grey
from pipeline.io.shards import open_shard, read_shard
from pipeline.io.tables import read_table, write_table
from pipeline.shard.params import ShardParams
from pipeline.shard.split import SPLITS, shard_number, split_patients
from pipeline.shard.tables import INDEX
from pipeline.step import Job

REPORT_EVERY = 500
Row = dict[str, Any]


def fit(image: Image, max_side: int) -> Image:
    """Shrink `image_HW` so that its longer side is at most `max_side`."""
    factor = max_side / max(image.shape)
    if factor >= 1:
        return image
    height, width = (max(1, round(side * factor)) for side in image.shape)
    return resize_image(image, height, width)


def difference(first: Image, second: Image) -> float:
    """Return the mean absolute difference of two grey images of one shape, in grey levels."""
    return float(np.abs(first.astype(np.int16) - second.astype(np.int16)).mean())


def frames_of(parts: Sequence[Path]) -> Iterator[tuple[str, Image]]:
    """Yield (frame id, grey image) of all parts, one in memory at a time."""
    for part in parts:
        for key, members in read_shard(part):
            yield key, to_grey(decode_png(members["png"]))


class Thinner:
    """Decides which frames stay; remembers the last kept frame of the current cine."""

    def __init__(self, params: ShardParams) -> None:
        self._params = params
        self._instance = ""
        self._last: Image | None = None
        self._seen: set[str] = set()

    def reason_to_drop(self, instance: str, image: Image) -> str | None:
        """Return why a cropped frame is dropped, or None when it stays."""
        if min(image.shape) < self._params.min_side:
            return "too_small"
        digest = sha256_bytes(repr(image.shape).encode() + image.tobytes())
        if digest in self._seen:
            return "exact_duplicate"
        if self._looks_like_last(instance, image):
            return "near_duplicate"
        self._seen.add(digest)
        self._instance, self._last = instance, image
        return None

    def _looks_like_last(self, instance: str, image: Image) -> bool:
        if self._last is None or instance != self._instance or self._last.shape != image.shape:
            return False
        return difference(self._last, image) < self._params.duplicate_difference


def _sample(row: Any, image: Image) -> tuple[Row, dict[str, bytes]]:
    """Return the index columns that come from the image, and the sample's parts."""
    png = encode_png(image)
    shrunk_y = (row.sector_y1 - row.sector_y0) / image.shape[0]
    shrunk_x = (row.sector_x1 - row.sector_x0) / image.shape[1]
    spacing = row.mm_per_px_y * shrunk_y, row.mm_per_px_x * shrunk_x
    columns = {
        "sample": row.frame,
        "frame": row.frame,
        "instance": row.instance,
        "patient": row.patient,
        "height": image.shape[0],
        "width": image.shape[1],
        "mm_per_px_y": None if np.isnan(spacing[0]) else spacing[0],
        "mm_per_px_x": None if np.isnan(spacing[1]) else spacing[1],
        "png_sha256": sha256_bytes(png),
    }
    return columns, {"png": png, "json": canonical_json(columns).encode()}


def build_shards(
    params: ShardParams,
    seed: int,
    frames: Path,
    parts: Sequence[Path],
    index: Path,
    shards: Mapping[str, Sequence[Path]],
    split: Path,
    flow: Path,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Write all shards, the index, the split and the flow of counts; return the counts.

    `shards` gives the paths of each split's tars. Raises StudyError when no training frame is
    left.
    """
    table = read_table(frames, FRAMES).set_index("frame", drop=False)
    split_of = split_patients(
        sorted(table.patient.unique()), params.val_fraction, params.test_fraction, seed
    )
    thinner = Thinner(params)
    dropped: Counter[str] = Counter()
    rows: list[Row] = []
    with ExitStack() as stack:
        writers = {
            name: [stack.enter_context(open_shard(path)) for path in paths]
            for name, paths in shards.items()
        }
        for count, (key, whole) in enumerate(frames_of(parts), start=1):
            row: Any = table.loc[key]
            cropped = whole[row.sector_y0 : row.sector_y1, row.sector_x0 : row.sector_x1]
            image = fit(np.ascontiguousarray(cropped), params.max_side)
            reason = thinner.reason_to_drop(row.instance, image)
            if reason is not None:
                dropped[reason] += 1
                continue
            columns, members = _sample(row, image)
            name = split_of[row.patient]
            number = shard_number(key, len(writers[name]), seed)
            writers[name][number].add(key, members)
            rows.append(columns | {"split": name, "shard": shards[name][number].name})
            if count % REPORT_EVERY == 0:
                progress(f"{count} of {len(table)} frames, {len(rows)} kept")
    kept = Counter(row["split"] for row in rows)
    if not kept["train"]:
        raise StudyError("shard: no training frame is left; lower shard.min_side or hold out fewer")
    write_table(sorted(rows, key=lambda row: str(row["sample"])), INDEX, index)
    write_json(split, {patient: split_of[patient] for patient in sorted(split_of)})
    numbers = {
        "frames": len(table),
        "dropped": dict(sorted(dropped.items())),
        "kept": {name: kept[name] for name in SPLITS},
        "patients": {name: list(split_of.values()).count(name) for name in SPLITS},
    }
    if len(table) != sum(dropped.values()) + sum(kept.values()):
        raise StudyError("shard: some frames of the table are in no part; rebuild deidentify")
    write_json(flow, numbers)
    return {
        "frames": len(table),
        "dropped": sum(dropped.values()),
        **{f"kept_{name}": kept[name] for name in SPLITS},
    }


def main() -> None:
    """Run the step; a shard belongs to the split that its file name begins with."""
    with Job.from_command_line() as job:
        findings = json.loads(job.input("audit").read_bytes())["findings"]
        if findings:
            raise StudyError("shard: the de-identification audit has findings")
        paths = job.outputs("shards")
        job.log_metrics(
            build_shards(
                job.section(ShardParams),
                job.seed,
                job.input("frames"),
                job.inputs("parts"),
                job.output("index"),
                {name: [path for path in paths if path.name.startswith(name)] for name in SPLITS},
                job.output("split"),
                job.output("flow"),
                job.progress,
            )
        )


if __name__ == "__main__":
    main()
