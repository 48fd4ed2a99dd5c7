"""A small study from archive to tables, and what it wrote, read back."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pandas as pd
from pydicom import dcmread
from pydicom.dataset import FileDataset

from pipeline.deidentify.params import DeidentifyParams
from pipeline.deidentify.tables import FRAMES, REJECTED
from pipeline.io.images import Image, decode_png
from pipeline.io.keys import new_uid, pseudonym
from pipeline.io.shards import read_shard
from pipeline.io.tables import read_table
from tests.deidentify.conftest import Study
from tests.deidentify.settings import KEY, PARAMS


def run(raw: Path, out: Path, key: bytes = KEY, params: DeidentifyParams = PARAMS) -> Study:
    study = Study(raw, out, key)
    study.scan()
    study.clean(params)
    study.collect()
    return study


def files(study: Study) -> dict[str, bytes]:
    """Return the exported DICOM files by their names in the tars."""
    found = {}
    for path in study.objects:
        with tarfile.open(path) as tar:
            for member in tar:
                handle = tar.extractfile(member)
                assert handle is not None
                found[member.name] = handle.read()
    return found


def exported(study: Study, uid: str) -> FileDataset:
    """Return the object that stands for the one with the original `uid`."""
    return dcmread(io.BytesIO(files(study)[f"{new_uid(study.key, uid)}.dcm"]))


def frames(study: Study) -> pd.DataFrame:
    return read_table(study.out / "frames.parquet", FRAMES)


def rejected(study: Study) -> dict[str, str]:
    table = read_table(study.out / "rejected.parquet", REJECTED)
    return dict(zip(table.instance, table.reason, strict=True))


def images(study: Study, relative: bytes) -> list[Image]:
    """Return the cleaned frames of the source at a path of the archive, in their order."""
    instance = pseudonym(study.key, "instance", relative)
    found = {name: parts for part in study.parts for name, parts in read_shard(part)}
    return [decode_png(found[name]["png"]) for name in sorted(found) if name.startswith(instance)]


def in_colour(shown: list[Image], coloured: bool) -> Image:
    """Return frames as one array, grey ones in three channels where the whole has them."""
    alike = [
        np.repeat(one[..., None], 3, 2) if coloured and one.ndim == 2 else one for one in shown
    ]
    return np.stack(alike)


def save(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path
