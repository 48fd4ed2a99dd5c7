"""TN3K (Gong and colleagues, 2023): 3,493 thyroid images, 2,879 trainval and 614 test.

Read: `trainval-image/0000.jpg` with `trainval-mask/0000.jpg`, and `test-image/` with `test-mask/`.
Masks are JPEG, so black and white come with noise. Which images are of one patient is not
published. The folds in `tn3k-trainval-fold0.json` and so on are drawn by image and not used. Layout
as in github.com/haifangong/TRFE-Net-for-thyroid-nodule-segmentation.
"""

import re
from collections.abc import Iterator
from functools import partial

from pipeline.io.images import Image
from pipeline.tasks.convert.cases import Case, Key, Mask, Shape, Split, pair
from pipeline.tasks.convert.masks import require_foreground, union
from pipeline.tasks.convert.source import Source

TASK = "thyroid_nodule"
FILE = re.compile(r"(?:^|/)(trainval|test)-(image|mask)/(\w+)\.\w+$", re.I)
FOLD = re.compile(r"(?:^|/)tn3k-trainval-fold\d+\.json$", re.I)


def cases(source: Source) -> Iterator[Case]:
    """Yield every image with its nodules."""
    for file, _ in source.matching(FOLD):
        source.refuse(file, "not_converted", "folds that were drawn by image")
    found = source.matching(FILE)
    entries = ((_key(file, match), file, match[2].lower() == "mask") for file, match in found)
    for (_, half, _), image, files in pair(source, entries):
        split: Split = "test" if half.lower() == "test" else "train"
        yield Case(image, {TASK: Mask(files, partial(_nodules, source, files))}, split=split)


def _key(file: str, match: re.Match[str]) -> Key:
    return file[: match.start(1)], match[1], match[3]


def _nodules(source: Source, files: tuple[str, ...], shape: Shape) -> Image:
    return require_foreground(union(map(source.path, files), shape))
