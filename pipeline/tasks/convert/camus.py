"""CAMUS (Leclerc et al., IEEE TMI 2019): 500 patients, two views of the heart at ED and ES.

Read, by name: `patient0001/patient0001_2CH_ED.nii.gz` with `..._ED_gt.nii.gz` (the present release,
`database_nifti/`, whose `database_split/subgroup_{training,validation,testing}.txt` give the
split), and the first release, `training/patient0001/patient0001_2CH_ED.mhd` with `.raw` or `.zraw`,
whose `testing/` patients count from 1 again and have no published labels. Stored values are the
challenge's classes: 1 left ventricle, 2 myocardium, 3 left atrium. Sequences are not converted:
the challenge has ED and ES alone. Layout as in the loaders of github.com/adamtupper/ultrabench and
of github.com/vitalab.
"""

import re
from collections.abc import Iterator
from functools import partial

from pipeline.io.images import Image
from pipeline.tasks.convert.cases import Case, Key, Mask, Shape, Split, note_split, pair
from pipeline.tasks.convert.masks import by_value, require_foreground
from pipeline.tasks.convert.source import Source

TASK = "cardiac_multi"
VOLUME = r"\.(?:nii|nii\.gz|mhd|mha)$"
FRAME = re.compile(rf"(?:^|/)(patient\d+)_([24]CH)_(E[DS])(_gt)?{VOLUME}", re.I)
SEQUENCE = re.compile(rf"(?:^|/)patient\d+_[24]CH_(?:half_)?sequence(?:_gt)?{VOLUME}", re.I)
ABOUT = re.compile(r"(?:^|/)Info_[24]CH\.cfg$", re.I)
LIST = re.compile(r"(?:^|/)subgroup_(training|validation|testing)\.txt$", re.I)
PATIENT = re.compile(r"patient\d+", re.I)
HIDDEN = re.compile(r"(?:^|/)testing/", re.I)
SPLITS: dict[str, Split] = {"training": "train", "validation": "val", "testing": "test"}
CLASSES = {index: index for index in range(4)}


def cases(source: Source) -> Iterator[Case]:
    """Yield every ED and ES frame."""
    for pattern, why in ((SEQUENCE, "a sequence"), (ABOUT, "about the recording")):
        for file, _ in source.matching(pattern):
            source.refuse(file, "not_converted", f"{why}, of no use to the task")
    splits = _splits(source)
    found = source.matching(FRAME)
    entries = ((_key(file, match), file, match[4] is not None) for file, match in found)
    for (folder, name, *_), image, files in pair(source, entries):
        hidden = HIDDEN.search(folder) is not None
        label = None if hidden and not files else Mask(files, partial(_chambers, source, files))
        patient = f"camus:{'testing/' if hidden else ''}{name.lower()}"
        split: Split = "test" if hidden else splits.get(name.lower(), "")
        yield Case(image, {TASK: label}, patient, split)


def _key(file: str, match: re.Match[str]) -> Key:
    return file[: match.start(1)], match[1], match[2], match[3]


def _splits(source: Source) -> dict[str, Split]:
    """Return the split of each patient that the published lists name."""
    splits: dict[str, Split] = {}
    for file, match in source.matching(LIST):
        for patient in PATIENT.findall(source.text(file)):
            note_split(splits, patient.lower(), SPLITS[match[1].lower()], file)
    return splits


def _chambers(source: Source, files: tuple[str, ...], shape: Shape) -> Image:
    return require_foreground(by_value(source.path(files[0]), shape, CLASSES))
