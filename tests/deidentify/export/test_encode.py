import io
from collections import Counter

import pytest
from pydicom import dcmread, examples
from pydicom.charset import default_encoding
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from pipeline.deidentify.export.encode import encode_dataset
from pipeline.deidentify.profile.dataset import clean_dataset
from tests.deidentify.plant_header import Person
from tests.deidentify.planter import KINDS, encoded, planted_object
from tests.deidentify.settings import KEY, PARAMS


def written_by_pydicom(dataset: Dataset) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, dataset)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_a_cleaned_header_has_the_bytes_that_pydicom_writes(kind: str) -> None:
    content = encoded(planted_object(kind, Person(0, 0), 0))
    source = dcmread(io.BytesIO(content), stop_before_pixels=True)
    cleaned = clean_dataset(source, KEY, "ab" * 16, PARAMS.profile, Counter())
    assert encode_dataset(cleaned, default_encoding) == written_by_pydicom(cleaned)


@pytest.mark.parametrize("kind", KINDS)
def test_so_has_any_other_data_set(kind: str) -> None:
    source = dcmread(examples.get_path(kind), stop_before_pixels=True)
    assert encode_dataset(source, default_encoding) == written_by_pydicom(source)
    source.PatientName = "M\u00fcller"
    source.SpecificCharacterSet = "ISO_IR 192"
    assert encode_dataset(source, default_encoding) == written_by_pydicom(source)
