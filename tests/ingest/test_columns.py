import io
from dataclasses import replace

import pytest
from pydicom.uid import UID

from pipeline.ingest.columns import instance_columns
from pipeline.ingest.fate import Accepted, examine
from pipeline.io.dicom import DECODERS
from tests.dicom_files import encode, screens, us_object
from tests.ingest.settings import PARAMS

# PS3.6 A-1: transfer syntaxes that have no form without loss, and those that have both.
LOSSY = {f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 81, *range(100, 109), 111)}
EITHER = {f"1.2.840.10008.1.2.4.{number}" for number in (91, 112, 203)}


def is_lossy(stated: str | None, syntax: UID | None = None) -> bool:
    header = us_object(screens(1), LossyImageCompression=stated)
    image = examine(io.BytesIO(encode(header)), PARAMS)
    assert isinstance(image, Accepted)
    image = image if syntax is None else replace(image, syntax=syntax)
    return bool(instance_columns(bytes(32), image, 1)["lossy"])


@pytest.mark.parametrize("syntax", DECODERS)
def test_the_syntax_tells_loss_and_only_where_either_is_possible_is_a_denial_believed(
    syntax: UID,
) -> None:
    # A fragmentable video has the number of the other, and a 1 behind.
    always = syntax.removesuffix(".1") in LOSSY
    assert is_lossy("00", syntax) == always
    assert is_lossy(None, syntax) == is_lossy("", syntax) == (always or syntax in EITHER)
    assert is_lossy("01", syntax)


def test_what_was_once_compressed_with_loss_stays_so() -> None:
    assert is_lossy("01")
    assert not is_lossy("")
    assert not is_lossy("YES")
