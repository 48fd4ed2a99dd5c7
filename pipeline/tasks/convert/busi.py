"""BUSI (Al-Dhabyani et al., Data in Brief 2020): 780 breast images, benign, malignant or normal.

Read: `Dataset_BUSI_with_GT/benign/benign (1).png` with `benign (1)_mask.png` and, where there are
several lesions, `benign (100)_mask_1.png` and so on, whose union is the mask. Normal breasts come
with black masks. Masks are grey, 1-bit, RGB or RGBA. The 780 images are of 600 women, but no name
tells which. Layout as in the loaders of github.com/function2-llx/MMMM and the Kaggle copy
aryashah2k/breast-ultrasound-images-dataset.
"""

import re
from collections.abc import Iterator

from pipeline.io.images import Image
from pipeline.tasks.convert.cases import Case, Key, Mask, Shape, class_index, pair
from pipeline.tasks.convert.masks import require_foreground, union
from pipeline.tasks.convert.refusals import Refusal
from pipeline.tasks.convert.source import Source

CLASS, LESION = "breast_3cls", "breast_lesion"
FILE = re.compile(r"(?:^|/)(benign|malignant|normal)/\1 ?(\(\d+\))(_mask(?:_\d+)?)?\.\w+$", re.I)


def cases(source: Source) -> Iterator[Case]:
    """Yield every image with its class and its lesions."""
    found = source.matching(FILE)
    entries = ((_key(file, match), file, match[3] is not None) for file, match in found)
    for key, image, files in pair(source, entries, several=True):
        name = key[1].lower()
        mask = _lesions(source, files, normal=name == "normal")
        yield Case(image, {CLASS: class_index(CLASS, name), LESION: mask})


def _key(file: str, match: re.Match[str]) -> Key:
    return file[: match.start(1)], match[1], match[2]


def _lesions(source: Source, files: tuple[str, ...], normal: bool) -> Mask:
    def draw(shape: Shape) -> Image:
        mask = union(map(source.path, files), shape)
        if not normal:
            return require_foreground(mask)
        if mask.any():
            raise Refusal("label_conflict", "a normal breast has a lesion")
        return mask

    return Mask(files, draw)
