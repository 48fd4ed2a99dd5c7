"""What science needs is kept in the exported objects and in the table of frames."""

from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread, examples
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.deidentify import chain
from tests.dicom_files import SECTOR, region, screens, us_object, write_object

CALIBRATION: dict[str, Any] = {
    "RegionFlags": 3,
    "ReferencePixelX0": 60,
    "ReferencePixelY0": 2,
    "ReferencePixelPhysicalValueX": 0.25,
    "ReferencePixelPhysicalValueY": -0.5,
    "PhysicalDeltaX": 0.0237871687,
    "PhysicalDeltaY": -0.0237871687,
    "TransducerFrequency": 4000,
    "PulseRepetitionFrequency": 2500,
    "DopplerCorrectionAngle": 60.0,
    "SteeringAngle": -12.5,
}
HEADER: dict[str, Any] = {
    "FrameTime": "41.25",
    "CineRate": 24,
    "RecommendedDisplayFrameRate": 24,
    "PatientSex": "F",
    "PatientAge": "093Y",
}
LEFT, RIGHT = (20, 40, 80, 110), (80, 40, 140, 110)
HALF = SECTOR[0], SECTOR[1], 160 + 1, SECTOR[3]


def view() -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = "399214001", "SCT"
    item.CodeMeaning = "apical four chamber of Anna Mueller"
    return item


def test_an_export_keeps_what_science_needs(tmp_path: Path) -> None:
    views = Sequence([view()])
    regions = Sequence([region(**CALIBRATION)])
    header = us_object(screens(2), ViewCodeSequence=views, SequenceOfUltrasoundRegions=regions)
    for keyword, value in HEADER.items():
        setattr(header, keyword, value)
    write_object(tmp_path / "raw" / "a", header)
    cleaned = chain.exported(chain.run(tmp_path / "raw", tmp_path / "out"), "1.2.3.4")

    (kept,) = cleaned.SequenceOfUltrasoundRegions
    assert kept == regions[0]
    for keyword in HEADER.keys() - {"PatientAge"}:
        assert str(cleaned[keyword].value) == str(HEADER[keyword])
    assert cleaned.PatientAge == "090Y"
    for keyword in ("Rows", "Columns", "PhotometricInterpretation", "BitsStored", "NumberOfFrames"):
        assert cleaned[keyword].value == header[keyword].value
    (code,) = cleaned.ViewCodeSequence
    assert (code.CodeValue, code.CodingSchemeDesignator) == ("399214001", "SCT")
    assert "Anna" not in str(code.CodeMeaning)


@pytest.mark.parametrize(
    ("status", "regions"),
    [
        ("ok", [region()]),
        ("clamped", [region(HALF)]),
        ("out_of_frame", [region((300, 40, 420, 110))]),
        ("not_cm", [region(PhysicalUnitsXDirection=4, PhysicalUnitsYDirection=4)]),
        ("multi_region", [region(LEFT), region(RIGHT)]),
        ("missing", None),
    ],
)
def test_spacing_comes_with_its_status(
    tmp_path: Path, status: str, regions: list[Dataset] | None
) -> None:
    stated = None if regions is None else Sequence(regions)
    write_object(tmp_path / "raw" / "a", us_object(SequenceOfUltrasoundRegions=stated))
    (table,) = [chain.frames(chain.run(tmp_path / "raw", tmp_path / "out"))]
    assert set(table.calibration_status) == {status}
    known = table.mm_per_px_x.notna().all() and table.mm_per_px_y.notna().all()
    assert known == (status in {"ok", "clamped"})


def test_a_real_cine_states_a_region_far_outside_its_frame(tmp_path: Path) -> None:
    source = Path(examples.get_path("ybr_color"))
    chain.save(tmp_path / "raw", "a", source.read_bytes())
    study = chain.run(tmp_path / "raw", tmp_path / "out")
    table = chain.frames(study)
    assert set(table.calibration_status) == {"out_of_frame"}
    assert table.mm_per_px_x.isna().all()
    original = dcmread(source, stop_before_pixels=True)
    cleaned = chain.exported(study, original.SOPInstanceUID)
    assert cleaned.SequenceOfUltrasoundRegions == original.SequenceOfUltrasoundRegions
    assert cleaned.FrameTime == original.FrameTime
