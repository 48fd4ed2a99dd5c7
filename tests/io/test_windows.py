import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.io.windows import Window

CONTENT = bytes(range(200))
STEPS = st.lists(
    st.tuples(st.sampled_from(("read", "seek", "from here", "from end")), st.integers(-40, 90)),
    max_size=12,
)


@given(
    start=st.integers(0, 60),
    size=st.integers(0, 100),
    beginning=st.binary(max_size=30),
    steps=STEPS,
)
def test_it_reads_as_a_file_of_its_own(
    start: int, size: int, beginning: bytes, steps: list[tuple[str, int]]
) -> None:
    whole = io.BytesIO(beginning + CONTENT[start : start + size])
    window = Window(io.BytesIO(CONTENT), start, size, beginning)
    for what, number in steps:
        if what == "read":
            assert window.read(number) == whole.read(number)
        elif what == "seek":
            assert window.seek(abs(number)) == whole.seek(abs(number))
        elif what == "from here" and whole.tell() + number >= 0:
            assert window.seek(number, io.SEEK_CUR) == whole.seek(number, io.SEEK_CUR)
        elif what == "from end" and len(whole.getvalue()) + number >= 0:
            assert window.seek(number, io.SEEK_END) == whole.seek(number, io.SEEK_END)
        assert window.tell() == whole.tell()


def test_it_fills_buffers_and_closes_its_file() -> None:
    file = io.BytesIO(CONTENT)
    window = Window(file, 10, 20, b"ab")
    buffer = bytearray(50)
    assert window.readinto(buffer) == 22
    assert buffer[:22] == b"ab" + CONTENT[10:30]
    with pytest.raises(ValueError, match="before the beginning"):
        window.seek(-1)
    window.close()
    assert file.closed
