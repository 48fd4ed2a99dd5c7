"""Does an image file end where it should? Told by its format's own end mark or stated size."""

PNG, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND"
JPEG, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
BMP = b"BM"


def is_cut_short(content: bytes) -> bool:
    """Say whether a PNG, JPEG or BMP lacks its end; False for every other kind of file.

    PNG ends with the chunk IEND (ISO 15948, 5.6), JPEG with the marker EOI (ISO 10918-1, B.2.1),
    and a BMP states its size in its header.
    """
    if content.startswith(PNG):
        return PNG_END not in content[-64:]
    if content.startswith(JPEG):
        return JPEG_END not in content[-64:]
    if content.startswith(BMP) and len(content) >= 6:
        return len(content) < int.from_bytes(content[2:6], "little")
    return False
