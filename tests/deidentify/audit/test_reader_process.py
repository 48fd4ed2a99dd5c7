import numpy as np
import pytest

from pipeline.deidentify.audit.ocr import TextReader
from pipeline.deidentify.audit.reader_process import ReaderProcess
from tests.dicom_files import screens


def test_another_process_reads_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    (grey,) = screens(1)
    colour = np.repeat(grey[..., None], 3, axis=2)
    images = [grey, colour, np.zeros((100, 120), np.uint8), np.asfortranarray(grey)]
    with ReaderProcess() as reader:
        assert [reader.read(image) for image in images] == [*map(TextReader().read, images)]
        assert reader.read(grey)[0].text.startswith("MUELLER")
    assert capfd.readouterr() == ("", "")


def test_a_reader_that_has_ended_stops_the_audit(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="ended"), ReaderProcess() as reader:
        reader.read(np.zeros((2, 2, 2, 2), np.uint8))
    assert "Error" in capfd.readouterr().err


def test_who_reads_nothing_starts_nothing() -> None:
    with ReaderProcess() as reader:
        assert reader._process is None
