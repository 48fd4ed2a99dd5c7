"""Pictures, and canaries to hide beside them."""

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
CANARY = b"ZQ17KMueller^Anna"
HEIGHT, WIDTH = 48, 64


def picture(channels: int = 1, seed: int = 0) -> Picture:
    """Return a smooth picture with speckle, `picture_HW` or `picture_HWC`."""
    rng = np.random.default_rng(seed)
    ramp = np.add.outer(np.arange(HEIGHT), np.arange(WIDTH)) * 2
    speckle = rng.integers(0, 20, (HEIGHT, WIDTH, channels))
    shown = (ramp[..., np.newaxis] + speckle).astype(np.uint8)
    return shown[..., 0] if channels == 1 else shown


def insert(content: bytes, position: int, piece: bytes) -> bytes:
    return content[:position] + piece + content[position:]


def segment(marker: int, payload: bytes) -> bytes:
    """Return a marker segment of JPEG, JPEG-LS or JPEG 2000."""
    return bytes([0xFF, marker]) + (len(payload) + 2).to_bytes(2, "big") + payload
