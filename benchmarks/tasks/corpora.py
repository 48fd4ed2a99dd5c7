"""A large archive in the challenge's layout: simulated images, each warped into many patients'.

Simulating every image would take longer than what is measured. A warped image is another picture
to a perceptual hash, and a harder one than another simulation, for its anatomy stays alike.
"""

import csv
import re
import shutil
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml

from benchmarks.deidentify.children import ROOT
from pipeline.io.images import Image
from pipeline.io.seeds import generator
from pipeline.simulate.labelled import simulate_labelled
from pipeline.simulate.params import SimulateParams

SEED = 2603
# One in so many images is a re-encoded, brighter or darker copy of another patient's.
COPY_EVERY = 100
PATIENT = re.compile(r"^(patient)(\d+)", re.IGNORECASE)
PATIENTS_APART = 3000


def params_section(name: str) -> dict[str, Any]:
    """Return a section of params.yaml."""
    section: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text())[name]
    return section


def simulate(folder: Path, images: int) -> None:
    """Write an archive with `images` images a task, otherwise as the default study has it."""
    values = params_section("simulate") | {"task_images": images}
    simulate_labelled(SimulateParams(**values), SEED, folder)


def write_archive(folder: Path, base: Path, rows: int, workers: int) -> int:
    """Write at least `rows` rows made from those of the archive `base`; return their number."""
    tables = {path: _read(path) for path in sorted((base / "csv_files").glob("*.csv"))}
    total = sum(len(table) for table in tables.values())
    variants = -(-rows // total)
    images = sorted({row["image_path"] for table in tables.values() for row in table})
    masks = {row["mask_path"] for table in tables.values() for row in table if row.get("mask_path")}
    for mask in sorted(masks):
        target = folder / "csv_files" / mask
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(base / "csv_files" / mask, target)
    with ProcessPoolExecutor(workers) as pool:
        write = partial(_write_variants, folder=folder, base=base, variants=variants)
        list(pool.map(write, images, chunksize=20))
    (folder / "csv_files").mkdir(parents=True, exist_ok=True)
    for path, table in tables.items():
        with (folder / "csv_files" / path.name).open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, list(table[0]))
            writer.writeheader()
            for variant in range(variants):
                writer.writerows(
                    row | {"image_path": renamed(row["image_path"], variant)} for row in table
                )
    return total * variants


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def renamed(path: str, variant: int) -> str:
    """Return the path of an image's variant: of another patient, by the naming rules."""
    folder, _, name = path.rpartition("/")
    found = PATIENT.match(name)
    if found:
        number = int(found[2]) + PATIENTS_APART * variant
        return f"{folder}/{found[1]}{number:05d}{name[found.end() :]}"
    return f"{folder}/v{variant:02d}{name}"


def is_copy(path: str, variant: int) -> bool:
    """Say whether a variant is a copy of the one before."""
    return variant > 0 and int(generator(SEED, "copy", path, variant).integers(COPY_EVERY)) == 0


def owners(base: Path, rows: int) -> dict[str, str]:
    """Return whose picture each image of `write_archive` shows, by its path.

    A planted copy shows the picture of the patient that it was copied from.
    """
    tables = [_read(path) for path in sorted((base / "csv_files").glob("*.csv"))]
    variants = -(-rows // sum(map(len, tables)))
    found: dict[str, str] = {}
    for path in sorted({row["image_path"] for table in tables for row in table}):
        for variant in range(variants):
            name = renamed(path, variant)
            before = renamed(path, variant - 1) if is_copy(path, variant) else None
            patient = re.sub(r"_Plane.*|_\d+\.\w+$", "", name)
            found[name] = found[before] if before else patient
    return found


def _write_variants(path: str, folder: Path, base: Path, variants: int) -> None:
    image = cv2.imdecode(np.fromfile(base / "csv_files" / path, np.uint8), cv2.IMREAD_ANYCOLOR)
    made = np.asarray(image, np.uint8)
    for variant in range(variants):
        rng = generator(SEED, "variant", path, variant)
        copied = is_copy(path, variant)
        made = _copied(made, rng) if copied else _warped(np.asarray(image, np.uint8), rng)
        target = folder / "csv_files" / renamed(path, variant)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(cv2.imencode(target.suffix, made)[1].tobytes())


def _warped(image: Image, rng: np.random.Generator) -> Image:
    """Return the image turned, zoomed, bent and with other speckle."""
    height, width = image.shape[:2]
    angle, zoom = rng.uniform(-25, 25), rng.uniform(0.8, 1.3)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, zoom)
    column_HW, row_HW = np.meshgrid(np.arange(width), np.arange(height))
    x_HW, y_HW = (
        line[0] * column_HW + line[1] * row_HW + line[2] + _smooth(rng, height, width)
        for line in turn
    )
    bent = cv2.remap(
        image, x_HW.astype(np.float32), y_HW.astype(np.float32), cv2.INTER_LINEAR, borderValue=0
    )
    speckle_HW = 1 + 0.25 * cv2.blur(rng.normal(size=(height, width)), (2, 2))
    speckled = bent * (speckle_HW if image.ndim == 2 else speckle_HW[..., None])
    return np.asarray(np.clip(speckled, 0, 255), np.uint8)


def _smooth(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Return a smooth field of displacements of about a tenth of the height, in pixels."""
    coarse = rng.normal(scale=0.1 * height, size=(4, 5))
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))


def _copied(image: Image, rng: np.random.Generator) -> Image:
    brighter = np.clip(image * rng.choice([0.9, 1.1]), 0, 255).astype(np.uint8)
    content = cv2.imencode(".jpg", brighter, [cv2.IMWRITE_JPEG_QUALITY, 70])[1]
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_ANYCOLOR), np.uint8)
