"""A keyed seal by which the cleaner knows its own output, so that a second run changes nothing.

It is made from what the profile replaces: UIDs, dates, times, names and patient ids. Whoever lacks
the key cannot make one, and it breaks when any of them is edited, so an object that only claims to
be clean is cleaned as any other. A second seal does the same for the pixels: what is left of them
shows another sector than they did, and would lose more each time.
"""

from collections.abc import Callable, Iterator, Sequence
from hmac import compare_digest

from pydicom.dataset import Dataset

from pipeline.deidentify.profile.elements import as_raw, vr_in_dictionary
from pipeline.io.keys import pseudonym

PREFIX = "Insonate seal "
BETWEEN = "; "
PIXELS_PREFIX = PREFIX + "of pixels "
SEALED_VRS = frozenset({"UI", "DA", "DT", "TM", "PN"})
PATIENT_ID = 0x00100020
# These come after the seal.
STATEMENTS = frozenset({0x00120062, 0x00120063, 0x00120064})


def seal_of(cleaned: Dataset, key: bytes) -> str:
    """Return the seal of a cleaned data set."""
    return PREFIX + pseudonym(key, "seal", *_sealed(cleaned))


def is_sealed(source: Dataset, key: bytes) -> bool:
    """Tell whether a data set bears the seal of its own values under this key."""
    try:
        seals = _seals(source)
        return bool(seals) and compare_digest(seals[0].encode(), seal_of(source, key).encode())
    except Exception:  # what cannot be read was not written by the cleaner
        return False


def seal_pixels(cleaned: Dataset, pixels_sha256: str, key: bytes) -> None:
    """Add the seal of an object's cleaned pixels."""
    write_seals(cleaned, [*_seals(cleaned), _pixel_seal(cleaned, pixels_sha256, key)])


def write_seals(cleaned: Dataset, seals: Sequence[str]) -> None:
    """Write seals where an image says how it came about.

    Not beside the method: that belongs to the patient, and must be the same in all objects.
    """
    cleaned.DerivationDescription = BETWEEN.join(seals)


def pixel_check(source: Dataset, key: bytes) -> Callable[[str], bool] | None:
    """Return what tells, by their digest, whether pixels are those that `source` bears a seal of.

    Returns None when it bears no seal at all, so that nobody needs to make a digest.
    """
    if not is_sealed(source, key):
        return None
    seals = _seals(source)
    return lambda pixels_sha256: _pixel_seal(source, pixels_sha256, key) in seals


def _pixel_seal(dataset: Dataset, pixels_sha256: str, key: bytes) -> str:
    uid = str(dataset.SOPInstanceUID)
    return PIXELS_PREFIX + pseudonym(key, "sealed pixels", uid, pixels_sha256)


def _seals(dataset: Dataset) -> list[str]:
    found = str(dataset.get("DerivationDescription") or "").split(BETWEEN)
    return [seal for seal in found if seal.startswith(PREFIX)]


def _sealed(dataset: Dataset) -> Iterator[bytes]:
    for tag in sorted(dataset.keys()):
        element = dataset.get_item(tag)
        vr = element.VR if element.VR not in (None, "UN") else vr_in_dictionary(int(tag))
        if int(tag) in STATEMENTS:
            continue
        if vr == "SQ":
            for item in dataset[tag].value:
                yield from _sealed(item)
        elif vr in SEALED_VRS or int(tag) == PATIENT_ID:
            value = bytes(as_raw(element, dataset).value or b"").rstrip(b"\0 ")
            yield int(tag).to_bytes(4, "big") + value
