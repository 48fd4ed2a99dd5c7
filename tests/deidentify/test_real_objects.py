"""Every real ultrasound object at hand becomes frames and a DICOM file, or has a true reason."""

import os
from pathlib import Path

import numpy as np
import pytest
import SimpleITK
from pydicom import dcmread

from pipeline.deidentify.audit.frames import bright_outside
from pipeline.io.images import Image
from tests.deidentify import chain
from tests.deidentify.validators import HAS_VALIDATORS, errors_of
from tests.ingest.settings import PARAMS as INGEST
from tests.io.test_dicom import REAL_OBJECTS

# Long cines, measured by hand with INSONATE_LONG=1; examples_ybr_color is the first one, shorter.
LONG = {"color3d_jpeg_baseline", "ultrasound-multiframe"}
WANTED = [path for path in REAL_OBJECTS if path.stem not in LONG or os.environ.get("INSONATE_LONG")]
# The probe was in the air: but for its own ring the image is black.
NO_ECHO = {"RGB_IMAGE"}


def in_gdcm(path: Path) -> Image:
    return SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path), imageIO="GDCMImageIO"))


@pytest.mark.parametrize("path", WANTED, ids=lambda path: path.stem)
def test_a_real_object_leaves_as_frames_and_as_dicom_or_not_at_all(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = INGEST.model_copy(update={"max_side": 4096, "max_frames": 5000})
    monkeypatch.setattr("tests.deidentify.conftest.INGEST", wide)
    chain.save(tmp_path / "raw", "a", path.read_bytes())
    study = chain.run(tmp_path / "raw", tmp_path / "out")
    table = chain.frames(study)
    if path.stem in NO_ECHO:
        assert list(chain.rejected(study).values()) == ["no_sector"]
        assert table.empty
        return
    source = dcmread(path, stop_before_pixels=True)
    assert len(table) == int(source.get("NumberOfFrames") or 1)

    ((name, content),) = chain.files(study).items()
    export = dcmread(chain.save(tmp_path, name, content))
    shown = chain.in_colour(chain.images(study, b"a"), export.SamplesPerPixel == 3)
    np.testing.assert_array_equal(export.pixel_array.reshape(shown.shape), shown)
    np.testing.assert_array_equal(in_gdcm(tmp_path / name).reshape(shown.shape), shown)
    first = table.iloc[0]
    box = first.sector_x0, first.sector_y0, first.sector_x1, first.sector_y1
    assert not any(bright_outside(image, box) for image in shown)
    assert study.audit()["findings"] == 0
    if HAS_VALIDATORS:
        assert errors_of(tmp_path / name) <= errors_of(path)
