from pathlib import Path

import numpy as np
import PIL.Image
import SimpleITK as sitk  # noqa: N813 - the name that its users know

from tests.tasks.convert import files, published


def test_stored_values_are_the_challenges_classes_and_images_keep_their_pixels(
    tmp_path: Path,
) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.psfhs(root)
    rgb = np.dstack([files.picture(9), files.picture(10), files.picture(11)])
    vector = sitk.GetImageFromArray(rgb, isVector=True)
    sitk.WriteImage(vector, str(root / "PSFHS" / "image_mha" / "00009.mha"))
    files.write_volume(root / "PSFHS" / "label_mha" / "00009.mha", files.blob(9)[None])
    files.run("psfhs", root, out)
    rows = {Path(row["image_path"]).stem: row for row in files.rows_of(out, "head_symphysis_multi")}
    for number in range(1, 9):
        row = rows[f"{number:05d}"]
        expected = files.blob(number) + np.roll(files.blob(number, 2), 16, axis=0)
        assert np.array_equal(files.mask_of(out, row), expected)
        image = np.asarray(PIL.Image.open(out / "csv_files" / row["image_path"]))
        assert np.array_equal(image, np.dstack([files.picture(number)] * 3))
    last = np.asarray(PIL.Image.open(out / "csv_files" / rows["00009"]["image_path"]))
    assert np.array_equal(last, rgb)
    assert np.array_equal(files.mask_of(out, rows["00009"]), files.blob(9))


def test_psfhs(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.psfhs(root)
    images, labels = root / "PSFHS" / "image_mha", root / "PSFHS" / "label_mha"
    for number in (20, 21, 22):
        files.write_volume(images / f"{number:05d}.mha", np.stack([files.picture(number)] * 3))
    files.write_volume(labels / "00020.mha", files.blob(0, 3))
    files.write_volume(labels / "00021.mha", 0 * files.blob())
    files.write_volume(labels / "00023.mha", files.blob())
    files.write(images / "00024.mha", b"")
    files.write_volume(labels / "00024.mha", files.blob())
    files.run("psfhs", root, out)
    # The image and its label have one name.
    assert files.refused(out) == {
        ("00020.mha", "", "unknown_mask_value"),
        ("00021.mha", "", "empty_mask"),
        ("00022.mha", "", "missing_mask"),
        ("00023.mha", "", "missing_image"),
        ("00024.mha", "", "empty_file"),
        ("00024.mha", "", "missing_image"),
    }
