"""Each data set in miniature, in the layout in which it is published."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from tests.tasks.convert.files import (
    HEIGHT,
    WIDTH,
    Array,
    Form,
    binary_png,
    blob,
    encoded,
    picture,
    structures_npy,
    write,
    write_volume,
)

FORMS: tuple[Form, ...] = ("grey", "1-bit", "palette", "rgb", "rgba")
PLANES = (
    "Other",
    "Fetal abdomen",
    "Fetal brain",
    "Maternal cervix",
    "Fetal femur",
    "Fetal thorax",
)
HEADER = "Image_name;Patient_num;Plane;Brain_plane;Operator;US_Machine;Train "
PATIENTS = 24


def fetal_planes(root: Path) -> None:
    """24 patients with a plane of each of two kinds; RGBA images; every third one is a test."""
    lines = [HEADER]
    for patient in range(1, PATIENTS + 1):
        for plane in {patient % 6, (patient + 3) % 6}:
            name = f"Patient{patient:05d}_Plane{plane + 1}_1_of_1"
            grey = picture(10 * patient + plane)
            rgba = np.dstack([grey, grey, grey, np.full_like(grey, 255)])
            write(root / "Images" / f"{name}.png", encoded(rgba))
            is_train = int(patient % 3 > 0)
            lines.append(
                f"{name};{patient};{PLANES[plane]};Not A Brain;Op. 1;Voluson E6;{is_train}"
            )
    write(root / "FETAL_PLANES_DB_data.csv", "\n".join(lines) + "\n")
    write(root / "FETAL_PLANES_DB_data.xlsx", b"PK")


def busi(root: Path) -> None:
    """Six images of each class; masks in every pixel format; one image with two masks."""
    base = root / "Dataset_BUSI_with_GT"
    for position, name in enumerate(("benign", "malignant", "normal")):
        for number in range(1, 7):
            stem = f"{name} ({number})"
            write(base / name / f"{stem}.png", encoded(picture(100 * position + number)))
            mask = blob(number) * (name != "normal")
            form = FORMS[number % len(FORMS)]
            write(base / name / f"{stem}_mask.png", binary_png(mask, form))
    second = np.zeros((HEIGHT, WIDTH), np.uint8)
    second[30:35, 40:50] = 1
    write(base / "benign" / "benign (4)_mask_1.png", binary_png(second, "1-bit"))


def ellipse_line(centre: tuple[float, float], axes: tuple[float, float], degrees: float) -> Array:
    """Return a white ellipse drawn as a line on black."""
    canvas = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(canvas, (centre, (2 * axes[0], 2 * axes[1]), degrees), 255, 1)
    return canvas


def hc18(root: Path) -> None:
    """Eight women in training, two of them with two sweeps, and two unlabelled test images."""
    names = [f"{woman:03d}_HC" for woman in range(8)] + ["000_2HC", "003_2HC"]
    for number, name in enumerate(names):
        write(root / "training_set" / f"{name}.png", encoded(picture(number)))
        line = ellipse_line((27, 20), (14 - number % 3, 9), 10 * number)
        write(root / "training_set" / f"{name}_Annotation.png", encoded(line))
    for woman in range(2):
        write(root / "test_set" / f"{woman:03d}_HC.png", encoded(picture(50 + woman)))
    write(root / "training_set_pixel_size_and_HC.csv", "filename,pixel size(mm)\n")
    write(root / "test_set_pixel_size.csv", "filename,pixel size(mm)\n")


def chambers(number: int) -> Array:
    """Return a mask with classes 1, 2 and 3."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[5:20, 10:20], mask[5:20, 20:24] = 1, 2
    mask[22 + number % 4 : 30, 10:20] = 3
    return mask


def camus(root: Path) -> None:
    """The present release: NIfTI, eight patients, the official lists."""
    for patient in range(1, 9):
        name = f"patient{patient:04d}"
        folder = root / "database_nifti" / name
        for number, part in enumerate(("2CH_ED", "4CH_ES")):
            image = picture(10 * patient + number)
            write_volume(folder / f"{name}_{part}.nii.gz", image)
            write_volume(folder / f"{name}_{part}_gt.nii.gz", chambers(patient))
        write(folder / f"{name}_2CH_half_sequence.nii.gz", b"large")
        write(folder / "Info_2CH.cfg", "ED: 1\nES: 18\n")
    splits = {"training": range(1, 6), "validation": range(6, 7), "testing": range(7, 9)}
    for split, patients in splits.items():
        text = "\n".join(f"patient{patient:04d}" for patient in patients)
        write(root / "database_split" / f"subgroup_{split}.txt", text)


def camus_first_release(root: Path) -> None:
    """MetaImage headers with their data files; the test patients count from 1 again."""
    for patient in range(1, 7):
        folder = root / "training" / f"patient{patient:04d}"
        name = folder / f"patient{patient:04d}_4CH_ED"
        write_volume(name.with_name(name.name + ".mhd"), picture(patient)[None])
        write_volume(name.with_name(name.name + "_gt.mhd"), chambers(patient)[None])
    hidden = root / "testing" / "patient0001"
    write_volume(hidden / "patient0001_4CH_ED.mhd", picture(77)[None])


COLOURS = ((64, 0, 0), (0, 64, 0), (0, 0, 64), (64, 0, 64), (64, 64, 0), (0, 128, 0), (0, 0, 128))


def mmotu(root: Path) -> None:
    """Ten tumours in the class colours, with their binary forms and the official lists."""
    base = root / "OTU_2d"
    lists: dict[str, list[str]] = {"train": [], "val": []}
    for number in range(1, 11):
        write(base / "images" / f"{number}.JPG", encoded(picture(number), "JPEG"))
        mask = blob(number)
        colour = np.array(COLOURS[number % len(COLOURS)], np.uint8)
        write(base / "annotations" / f"{number}.PNG", encoded(mask[..., None] * colour))
        for form in ("binary", "binary_binary"):
            write(base / "annotations" / f"{number}_{form}.PNG", encoded(mask * 255))
        lists["train" if number < 8 else "val"].append(f"{number}.JPG  {number % 7}")
    for name, lines in lists.items():
        write(base / f"{name}_cls.txt", "\n".join(lines) + "\n")
    write(root / "OTU_CEUS" / "images" / "1.JPG", b"other modality")


def region(x: int, y: int, size: int) -> dict[str, object]:
    """Return a square as DDTI stores it."""
    corners = ((x, y), (x + size, y), (x + size, y + size), (x, y + size))
    points = [{"x": a, "y": b} for a, b in corners]
    return {"points": points, "annotation": {}, "regionType": "freehand"}


def case_xml(case: int, marks: dict[int, str]) -> str:
    """Return a DDTI case; `marks` gives the text of each image's <svg>."""
    body = "".join(f"<mark><image>{n}</image><svg>{text}</svg></mark>" for n, text in marks.items())
    return f"<case><number>{case}</number><age>49</age><tirads>4a</tirads>{body}</case>"


def ddti(root: Path) -> None:
    """Eight cases; the first has two images, the second two nodules in one image."""
    for case in range(1, 9):
        regions = [region(10, 8, 12 + case % 3)]
        if case == 2:
            regions.append(region(35, 25, 8))
        marks = {1: json.dumps(regions)}
        if case == 1:
            marks[2] = json.dumps([region(20, 20, 9)])
        for number in marks:
            rgb = np.dstack([picture(10 * case + number)] * 3)
            write(root / f"{case}_{number}.jpg", encoded(rgb, "JPEG"))
        write(root / f"{case}.xml", case_xml(case, marks))


def tn3k(root: Path) -> None:
    """Nine trainval and three test images; masks as JPEG."""
    for half, count in (("trainval", 9), ("test", 3)):
        for number in range(count):
            name = f"{number:04d}.jpg"
            image = picture(number + (500 if half == "test" else 0))
            write(root / f"{half}-image" / name, encoded(image, "JPEG"))
            mask = encoded(blob(number) * 255, "JPEG", quality=60)
            write(root / f"{half}-mask" / name, mask)
    write(root / "tn3k-trainval-fold0.json", json.dumps({"train": [0], "val": [1]}))


def structures(number: int) -> dict[str, Array]:
    """Return four binary masks; the vein lies within the liver and meets the artery."""
    masks = {
        name: np.zeros((HEIGHT, WIDTH), np.uint8) for name in ["artery", "liver", "stomach", "vein"]
    }
    masks["liver"][5:20, 10:30] = 1
    masks["vein"][8:12, 12 : 20 + number % 3] = 1
    masks["stomach"][25:35, 10:20] = 1
    masks["artery"][10:16, 16:28] = 1
    return masks


def fass(root: Path) -> None:
    """Six women, P01 and P010 among them, with two images each."""
    base = root / "Fetal Abdominal Structures Segmentation Dataset Using Ultrasonic Images"
    for position, woman in enumerate(("P01", "P010", "P0149", "P2", "P3", "P4")):
        for number in (1, 2):
            name = f"{woman}_IMG{number}"
            image = picture(10 * position + number)
            write(base / "IMAGES" / f"{name}.png", encoded(image))
            content = structures_npy(structures(number), image)
            write(base / "ARRAY_FORMAT" / f"{name}.npy", content)


def jnu_ifm(root: Path) -> None:
    """Six videos of two frames; in the last one nothing is visible."""
    for number in range(6):
        video = f"2019083{number}T115515"
        folder = root / "us_data" / video
        lines = ["frame_id,frame_label"]
        for frame in (169, 170):
            mask = blob(number, 7) + np.roll(blob(number, 8), 16, axis=0) * (frame == 170)
            if frame == 170 and number == 5:
                mask = np.zeros_like(mask)
            label = 4 if frame == 169 else 6 if number < 5 else 3
            lines.append(f"{frame},{label}")
            stem = f"{video}_{frame}"
            write(folder / "image" / f"{stem}.png", encoded(picture(10 * number + frame)))
            write(folder / "mask" / f"{stem}_mask.png", encoded(mask))
            write(folder / "mask_enhance" / f"{stem}_mask_enhance.png", encoded(mask * 20))
        write(folder / "frame_label.csv", "\n".join(lines) + "\n")


def psfhs(root: Path) -> None:
    """Eight images, with the three channels stored as slices or as a vector."""
    for number in range(1, 9):
        grey = picture(number)
        write_volume(root / "PSFHS" / "image_mha" / f"{number:05d}.mha", np.stack([grey] * 3))
        mask = blob(number) + np.roll(blob(number, 2), 16, axis=0)
        write_volume(root / "PSFHS" / "label_mha" / f"{number:05d}.mha", mask)


LAYOUTS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "busi": ("busi", busi),
    "camus": ("camus", camus),
    "camus, first release": ("camus", camus_first_release),
    "ddti": ("ddti", ddti),
    "fass": ("fass", fass),
    "fetal_planes": ("fetal_planes", fetal_planes),
    "hc18": ("hc18", hc18),
    "jnu_ifm": ("jnu_ifm", jnu_ifm),
    "mmotu": ("mmotu", mmotu),
    "psfhs": ("psfhs", psfhs),
    "tn3k": ("tn3k", tn3k),
}
