"""MMOTU, its 2-D part OTU_2d (Zhao et al., arXiv 2207.06799): 1,469 ovarian tumours.

Read: `OTU_2d/images/1.JPG` with `OTU_2d/annotations/1.PNG`, whose colour is the kind of tumour, or,
without it, `1_binary.PNG` or `1_binary_binary.PNG`; any kind is class 1, as the challenge has one.
The official split is in `train_cls.txt` and `val_cls.txt` (`1.JPG  2`), or `train.txt` and
`val.txt`. Nothing published tells the 247 patients apart. OTU_CEUS (contrast-enhanced) is not
converted. Layout and colours as in github.com/cv516Buaa/MMOTU_DS2Net and the scripts of
github.com/adamtupper/ultrabench.
"""

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import cast

from pipeline.io.images import Image
from pipeline.tasks.convert.cases import Case, Mask, Shape, Split, note_split, pair
from pipeline.tasks.convert.masks import by_colour, require_foreground, union
from pipeline.tasks.convert.source import Source

TASK = "ovary_tumor"
IMAGE = re.compile(r"(?:^|/)OTU_2d/images/(\d+)\.\w+$", re.I)
ANNOTATION = re.compile(r"(?:^|/)OTU_2d/annotations/(\d+)((?:_binary){0,2})\.\w+$", re.I)
LIST = re.compile(r"(?:^|/)OTU_2d/(train|val)(?:_cls)?\.txt$", re.I)
OTHER = re.compile(r"(?:^|/)OTU_(?:CEUS|3d)/", re.I)
NUMBER = re.compile(r"^\s*(\d+)(?:\.\w+)?(?:\s|$)", re.M)
# Chocolate cyst, serous cystadenoma, teratoma, theca cell tumour, simple cyst, normal ovary,
# mucinous cystadenoma, high-grade serous.
KINDS = (
    (64, 0, 0), (0, 64, 0), (0, 0, 64), (64, 0, 64),
    (64, 64, 0), (64, 64, 64), (0, 128, 0), (0, 0, 128),
)  # fmt: skip
COLOURS = {(0, 0, 0): 0, **dict.fromkeys(KINDS, 1)}


def cases(source: Source) -> Iterator[Case]:
    """Yield every image with its tumour."""
    for file, _ in source.matching(OTHER):
        source.refuse(file, "not_converted", "contrast-enhanced ultrasound is another modality")
    splits = _splits(source)
    images = (((match[1],), file, False) for file, match in source.matching(IMAGE))
    # The coloured form comes first, then the others by the length of their names.
    forms = sorted(source.matching(ANNOTATION), key=lambda one: len(one[1][2]))
    masks = (((match[1],), file, True) for file, match in forms)
    for (number,), image, files in pair(source, chain(images, masks), several=True):
        for file in files[1:]:
            source.refuse(file, "not_converted", "another form of an annotation that is used")
        mask = Mask(files[:1], partial(_tumour, source, files))
        yield Case(image, {TASK: mask}, split=splits.get(str(int(number)), ""))


def _splits(source: Source) -> dict[str, Split]:
    splits: dict[str, Split] = {}
    for file, match in source.matching(LIST):
        for number in NUMBER.findall(source.text(file)):
            note_split(splits, str(int(number)), cast(Split, match[1].lower()), file)
    return splits


def _tumour(source: Source, files: tuple[str, ...], shape: Shape) -> Image:
    path = source.path(files[0])
    if "_binary" in path.stem.lower():
        return require_foreground(union([path], shape))
    return require_foreground(by_colour(path, shape, COLOURS))
