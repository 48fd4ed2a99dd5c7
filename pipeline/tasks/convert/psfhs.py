"""PSFHS (Chen et al., Sci Data 2024, zenodo.org/records/10969427): 1,358 images of 1,124 women.

Read: `image_mha/03744.mha` with `label_mha/03744.mha`: 256 x 256, three equal channels, and 1 for
the symphysis, 2 for the head. The challenge set FH-PS-AOP (zenodo.org/records/7851339, 4,000
images) has the same layout and is read too. Nothing published tells patients apart. Layout as in
github.com/constantinpape/torch-em and github.com/adamtupper/ultrabench.
"""

import re
from collections.abc import Iterator
from functools import partial

from pipeline.io.images import Image
from pipeline.tasks.convert.cases import Case, Mask, Shape, pair
from pipeline.tasks.convert.masks import by_value, require_foreground
from pipeline.tasks.convert.source import Source

TASK = "head_symphysis_multi"
FILE = re.compile(r"^(.*/|)(image|label)_mha/(\w+)\.mha$", re.I)
CLASSES = {0: 0, 1: 1, 2: 2}


def cases(source: Source) -> Iterator[Case]:
    """Yield every image with its head and symphysis."""
    found = source.matching(FILE)
    entries = ((match.group(1, 3), file, match[2].lower() == "label") for file, match in found)
    for _, image, files in pair(source, entries):
        yield Case(image, {TASK: Mask(files, partial(_head_and_symphysis, source, files))})


def _head_and_symphysis(source: Source, files: tuple[str, ...], shape: Shape) -> Image:
    return require_foreground(by_value(source.path(files[0]), shape, CLASSES))
