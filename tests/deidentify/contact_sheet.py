"""Every real ultrasound object of the test packages, before and after, to look at one by one.

`python -m tests.deidentify.contact_sheet OUT` writes a picture for each object into a folder: on
the left frames as they were, on the right as they leave the default study, of a cine the first,
middle and last one. An object that is refused has no right side but its reason. What was seen is
listed in `docs/deidentification.md`.
"""

import argparse
import tempfile
from pathlib import Path

import cv2
import numpy as np

from pipeline.deidentify.params import DeidentifyParams
from pipeline.ingest.scan import scan_archive
from pipeline.io.atomic import write_bytes
from pipeline.io.dicom import decode_frames
from pipeline.io.images import Image, encode_png
from pipeline.params import load_params
from tests.deidentify import chain
from tests.deidentify.conftest import Study
from tests.deidentify.settings import KEY
from tests.deidentify.settings import PARAMS as TESTED
from tests.ingest.settings import PARAMS, scan_outputs
from tests.io.test_dicom import REAL_OBJECTS

WIDE = PARAMS.model_copy(update={"max_side": 4096, "max_frames": 5000})
GAP = 8
GROUND = 90  # a grey that no cleaned frame has outside its sector


def shown_of(count: int) -> list[int]:
    """Return the frames that are shown of so many."""
    return sorted({0, count // 2, count - 1})


def side_by_side(before: Image, after: Image | None, text: str) -> Image:
    """Return one frame before and after; `text` stands for one that did not leave."""
    height, width = before.shape[:2]
    row = np.full((height, 2 * width + GAP, 3), GROUND, np.uint8)
    row[:, :width] = np.atleast_3d(before)
    if after is None:
        where = (width + 2 * GAP, height // 2)
        cv2.putText(row, text, where, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255))
    else:
        row[:, width + GAP :] = np.atleast_3d(after)
    return row


def sheet(path: Path, params: DeidentifyParams) -> Image:
    """Clean one object, and return its frames before and after."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        chain.save(folder / "raw", "a", path.read_bytes())
        study = Study(folder / "raw", folder / "out")
        outputs, resume = scan_outputs(study.out), study.out / "resume"
        scan_archive(WIDE, KEY, TESTED.partitions, study.raw, (), outputs, resume)
        study.clean(params)
        study.collect()
        reasons = list(chain.rejected(study).values())
        after = [] if reasons else chain.images(study, b"a")
    before = list(decode_frames(path))
    rows = [
        side_by_side(before[index], None if reasons else after[index], " ".join(reasons))
        for index in shown_of(len(before))
    ]
    gap = np.full((GAP, rows[0].shape[1], 3), GROUND, np.uint8)
    return np.concatenate([part for row in rows for part in (gap, row)][1:])


def main() -> None:
    """Write all pictures; one that exists is written again."""
    parser = argparse.ArgumentParser(prog="python -m tests.deidentify.contact_sheet")
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    params = load_params(Path("params.yaml")).deidentify
    for number, path in enumerate(REAL_OBJECTS, 1):
        print(f"{number} of {len(REAL_OBJECTS)}: {path.stem}", flush=True)
        write_bytes(out / f"{path.stem}.png", encode_png(sheet(path, params)))


if __name__ == "__main__":
    main()
