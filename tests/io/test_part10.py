import io
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import UID

from pipeline.io.part10 import open_dicom, read_opening
from pipeline.io.sources import walk_sources
from tests.dicom_files import SYNTAXES, encode, screens, us_object
from tests.ingest.bad_files import meta_end


@pytest.mark.parametrize("syntax", SYNTAXES[:2])
@pytest.mark.parametrize("kept", ["all", "file meta", "data set"])
def test_a_bare_data_set_opens_as_a_file(tmp_path: Path, syntax: UID, kept: str) -> None:
    content = encode(us_object(screens(1)), syntax)
    start = {"all": 0, "file meta": 132, "data set": meta_end(content)}[kept]
    (tmp_path / "a").write_bytes(content[start:])
    (source,) = walk_sources(tmp_path)
    with open_dicom(source) as handle:
        read = dcmread(handle)
    assert read.file_meta.TransferSyntaxUID == syntax
    np.testing.assert_array_equal(read.pixel_array, screens(1)[0])


def test_what_is_no_dicom_has_no_opening() -> None:
    assert read_opening(io.BytesIO(b"text" * 99)) is None
    assert read_opening(io.BytesIO(b"")) is None
