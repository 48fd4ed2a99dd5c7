import numpy as np
import pytest

from pipeline.deidentify.audit.ocr import TextReader
from tests.deidentify.screens import covered, real_frames, spot, write


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader()


def test_text_is_read_where_it_is_and_nothing_is_said(
    reader: TextReader, capfd: pytest.CaptureFixture[str]
) -> None:
    frames, mask = real_frames("color3d_jpeg_baseline.dcm")
    corner = spot(mask, 160, 16, np.random.default_rng(3))
    shown, box = write(frames[0], "MUELLER 1962", corner, 12, 255)
    first, second = reader.read(shown), reader.read(shown)
    assert first == second
    # The file's own labels stand beside the sector.
    inside = [line for line in first if covered(box, [line.box]) >= 0.8]
    assert [line.text.replace(" ", "") for line in inside] == ["MUELLER1962"]
    assert inside[0].confidence > 0.8
    assert covered(box, reader.locate(shown)) >= 0.8
    assert "MUELLER" not in repr(first)
    assert capfd.readouterr() == ("", "")


def test_grey_images_and_images_without_text(reader: TextReader) -> None:
    empty = np.zeros((100, 120), np.uint8)
    assert reader.read(empty) == []
    assert reader.locate(empty) == []
    shown, box = write(np.zeros((100, 200), np.uint8), "19620503", (30, 40), 14, 255)
    assert covered(box, reader.locate(shown)) >= 0.8
