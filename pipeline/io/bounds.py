"""How far packed bytes may unpack, so that a small file does not fill memory or disk."""

MIB = 1 << 20
# Images shrink to a hundredth at best; bombs to a thousandth. Small files may shrink to anything.
MAX_RATIO = 200
ALWAYS_ALLOWED_BYTES = 64 * MIB


def allowed_bytes(packed: int) -> int:
    """Return to how much `packed` bytes may unpack."""
    return ALWAYS_ALLOWED_BYTES + MAX_RATIO * packed
