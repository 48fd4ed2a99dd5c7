import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from pipeline.deidentify.tables import FRAMES
from pipeline.io.hashing import sha256_bytes
from pipeline.io.images import encode_png
from pipeline.io.shards import open_shard, read_shard
from pipeline.io.tables import read_table, write_table
from pipeline.shard.build import build_shards
from pipeline.shard.params import ShardParams
from pipeline.shard.tables import INDEX

Image = npt.NDArray[np.uint8]
PARAMS = ShardParams(
    max_side=48, min_side=16, duplicate_difference=1.5, val_fraction=0.2, test_fraction=0.2,
    train_shards=2, val_shards=1, test_shards=1,
)  # fmt: skip
SEED = 7
# x0, y0, x1, y1 of every frame's sector, in a frame of 80 by 120 pixels.
SECTOR = (10, 8, 106, 72)


def speckle(seed: int, high: int = 255) -> Image:
    """Return a frame `_HW` with speckle in the sector only."""
    x0, y0, x1, y1 = SECTOR
    frame = np.zeros((80, 120), np.uint8)
    rng = np.random.default_rng(seed)
    frame[y0:y1, x0:x1] = rng.integers(1, high, (y1 - y0, x1 - x0))
    return frame


class Cohort(NamedTuple):
    """A cleaned cohort and the shards made of it."""

    folder: Path
    rows: list[dict[str, Any]]
    images: dict[str, Image]

    def add(self, patient: int, instance: int, *images: Image, **changes: Any) -> None:
        """Add a cine; patients and instances are numbers."""
        x0, y0, x1, y1 = SECTOR
        for number, image in enumerate(images):
            frame = f"{instance:032x}_{number:04d}"
            self.images[frame] = image
            self.rows.append(
                {
                    "frame": frame, "instance": f"{instance:032x}", "patient": f"{patient:032x}",
                    "study": f"{patient:032x}", "shard": f"part-{instance % 2}.tar",
                    "frame_index": number, "height": 80, "width": 120,
                    "channels": 1 if image.ndim == 2 else 3,
                    "pixels_sha256": sha256_bytes(image.tobytes()), "sector_x0": x0,
                    "sector_y0": y0, "sector_x1": x1, "sector_y1": y1, "sector_basis": "regions",
                    "blanked_share": 0.1, "mm_per_px_y": 0.3, "mm_per_px_x": 0.2,
                    "calibration_status": "ok", "frame_time_ms": None, "manufacturer": "ge",
                    "transfer_syntax": "1.2", "decoder": "pydicom/native",
                }
                | changes
            )  # fmt: skip

    def build(self, name: str = "out", **changes: Any) -> "Shards":
        """Write the cohort, build its shards in a folder `name`."""
        parts = [self.folder / "part-0.tar", self.folder / "part-1.tar"]
        for part in parts:
            with open_shard(part) as writer:
                for row in self.rows:
                    if row["shard"] == part.name:
                        png = encode_png(self.images[row["frame"]])
                        writer.add(row["frame"], {"png": png})
        frames = self.folder / "frames.parquet"
        table = pd.DataFrame(self.rows, columns=FRAMES.names)
        write_table(table.sort_values("frame"), FRAMES, frames)
        made = Shards(self.folder / name)
        params = PARAMS.model_copy(update=changes)
        index, split, flow = made.index_path, made.folder / "split.json", made.folder / "flow.json"
        build_shards(params, SEED, frames, parts, index, made.tars, split, flow)
        return made


class Shards(NamedTuple):
    """Where the outputs are."""

    folder: Path

    @property
    def index_path(self) -> Path:
        return self.folder / "index.parquet"

    @property
    def tars(self) -> dict[str, list[Path]]:
        counts = {"train": PARAMS.train_shards, "val": 1, "test": 1}
        return {
            split: [self.folder / f"{split}-{number:04d}.tar" for number in range(count)]
            for split, count in counts.items()
        }

    @property
    def table(self) -> pd.DataFrame:
        return read_table(self.index_path, INDEX)

    def samples(self, split: str) -> dict[str, dict[str, bytes]]:
        return {key: parts for path in self.tars[split] for key, parts in read_shard(path)}

    def json(self, name: str) -> Any:
        return json.loads((self.folder / f"{name}.json").read_bytes())


@pytest.fixture
def empty(tmp_path: Path) -> Cohort:
    return Cohort(tmp_path, [], {})


@pytest.fixture
def cohort(empty: Cohort) -> Cohort:
    """Ten patients with a cine of three frames and a still each."""
    for patient in range(10):
        empty.add(patient, 2 * patient, *(speckle(100 * patient + frame) for frame in range(3)))
        empty.add(patient, 2 * patient + 1, speckle(100 * patient + 50))
    return empty
