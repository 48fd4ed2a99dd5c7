import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.uid import UID, ExplicitVRLittleEndian, RLELossless

from pipeline.deidentify.export.streams.hygiene import CLEANERS, clean_stream
from pipeline.io.unusable import UnusableError

# What each kind of stream begins with, so that arbitrary bytes get past the first check.
BEGINNINGS = (
    b"", b"\xff\xd8", b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n\x87\n",
    b"\0\0\0\x0cJXL \r\n\x87\n", b"\0\0\x01\xb3", b"\0\0\0\x01\x06\x05",
    b"\0\0\x01\x4e\x01", b"\x01\0\0\0\x40\0\0\0" + bytes(56),
)  # fmt: skip


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, UID("1.2.840.10008.1.2.4.94"), UID("1.2")]
)
def test_an_unknown_kind_of_stream_is_refused(syntax: UID) -> None:
    with pytest.raises(UnusableError):
        clean_stream(syntax, b"\xff\xd8\xff\xd9", 1)


@settings(max_examples=1000, deadline=None)
@given(
    syntax=st.sampled_from([*sorted(CLEANERS), RLELossless]),
    beginning=st.sampled_from(BEGINNINGS),
    rest=st.binary(max_size=200),
)
def test_arbitrary_bytes_are_cleaned_or_refused(syntax: str, beginning: bytes, rest: bytes) -> None:
    try:
        cleaned = clean_stream(UID(syntax), beginning + rest, 64)
    except UnusableError as error:
        assert error.reason == "pixel_stream"
    else:
        assert clean_stream(UID(syntax), cleaned, 64) == cleaned
