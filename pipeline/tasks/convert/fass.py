"""FASS (data.mendeley.com/datasets/4gcpm9dsc3): 1,588 fetal abdomens of 169 women, 4 structures.

Read: `IMAGES/P01_IMG1.png` with `ARRAY_FORMAT/P01_IMG1.npy`, a pickled dictionary whose
`structures` maps artery, liver, stomach and vein to binary arrays. The image inside that file can
differ from the PNG and is not used. Patients are texts: P01 and P0149 are two. Where structures
overlap, the last of liver, stomach, artery, vein is kept, as in github.com/constantinpape/torch-em;
the challenge's own rule is not published. A pickle can run code, so nothing but arrays and plain
values is loaded from it. Layout as in public loaders of the set.
"""

import io
import pickle
import re
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.io.images import Image
from pipeline.tasks.convert.cases import Case, Mask, Shape, class_index, pair
from pipeline.tasks.convert.masks import check_size, require_foreground
from pipeline.tasks.convert.refusals import Refusal
from pipeline.tasks.convert.source import Source

TASK = "fetal_abdomen_multi"
IMAGE = re.compile(r"^(.*/|)IMAGES/(P\d+)_(IMG\d+)\.\w+$", re.I)
ARRAYS = re.compile(r"^(.*/|)ARRAY_FORMAT/(P\d+)_(IMG\d+)\.npy$", re.I)
# Later ones are drawn over earlier ones.
DRAWN_IN_ORDER = ("liver", "stomach", "artery", "vein")


def cases(source: Source) -> Iterator[Case]:
    """Yield every image with its structures."""
    images = ((match.group(1, 2, 3), file, False) for file, match in source.matching(IMAGE))
    arrays = ((match.group(1, 2, 3), file, True) for file, match in source.matching(ARRAYS))
    for (_, woman, _), image, files in pair(source, chain(images, arrays)):
        patient = f"fass:{woman.upper()}"
        yield Case(image, {TASK: Mask(files, partial(_abdomen, source, files))}, patient)


def _abdomen(source: Source, files: tuple[str, ...], shape: Shape) -> Image:
    structures = _structures(source.path(files[0]))
    mask = np.zeros(shape, np.uint8)
    for name in DRAWN_IN_ORDER:
        inside = np.asarray(structures[name])
        check_size(inside, shape)
        if inside.shape != shape or not np.isin(inside, (0, 1, 255)).all():
            raise Refusal("unknown_mask_value", f"{name} is not a binary mask")
        mask[inside > 0] = class_index(TASK, name)
    return require_foreground(mask)


def _structures(path: Path) -> dict[str, Any]:
    """Return the four arrays; raise Refusal when the file holds anything else."""
    try:
        content = path.read_bytes()
    except OSError:  # a link to nothing
        raise Refusal("bad_annotation", "the file cannot be read") from None
    if not content:
        raise Refusal("empty_file", "the file has no content")
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        read_header = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, _, _ = read_header(stream)
        stored = _ArraysOnly(stream).load()
        if shape != ():
            raise ValueError("an array, not one dictionary")
        structures = stored.item()["structures"]
        return {name: structures[name] for name in DRAWN_IN_ORDER}
    except Exception:  # a damaged or foreign pickle raises errors of any kind
        raise Refusal("bad_annotation", "the file is not a dictionary of structures") from None


class _ArraysOnly(pickle.Unpickler):
    """Loads numpy arrays and plain containers; any other object is refused before it is made."""

    ALLOWED = frozenset(
        {
            ("numpy", "ndarray"),
            ("numpy", "dtype"),
            ("_codecs", "encode"),
            *(
                (f"numpy.{core}.multiarray", name)
                for core in ("core", "_core")
                for name in ("_reconstruct", "scalar")
            ),
        }
    )

    def find_class(self, module: str, name: str) -> Any:
        """Return one of the few names that arrays need."""
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError("not an array")
        return super().find_class(module, name)
