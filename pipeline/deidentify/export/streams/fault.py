"""How a pixel stream is refused."""

from pipeline.io.unusable import UnusableError

REASON = "pixel_stream"


def refusal(detail: str) -> UnusableError:
    """Return the error for a stream whose structure is not what its standard says.

    What cannot be understood cannot be called clean, so the instance is to be quarantined; its
    decoded frames can still be exported. `detail` names the kind of fault, never a byte of it.
    """
    return UnusableError(REASON, detail)
