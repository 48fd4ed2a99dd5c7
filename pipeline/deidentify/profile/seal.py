"""A keyed seal by which the cleaner knows its own output, so that a second run changes nothing.

It is made from what the profile replaces: UIDs, dates, times, names and patient ids. Whoever lacks
the key cannot make one, and it breaks when any of them is edited, so an object that only claims to
be clean is cleaned as any other. A second seal does the same for the pixels: what is left of them
shows another sector than they did, and would lose more each time.
"""

from collections.abc import Callable, Iterator, Sequence
from hmac import compare_digest

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from pipeline.deidentify.profile.elements import as_raw, make, vr_in_dictionary
from pipeline.deidentify.profile.tree import Cleaned, Items
from pipeline.io.keys import pseudonym

PREFIX = "Insonate seal "
BETWEEN = "; "
PIXELS_PREFIX = PREFIX + "of pixels "
SEALED_VRS = frozenset({"UI", "DA", "DT", "TM", "PN"})
PATIENT_ID, DERIVATION_DESCRIPTION = 0x00100020, 0x00082111
# These come after the seal.
STATEMENTS = frozenset({0x00120062, 0x00120063, 0x00120064})


def seal_of(cleaned: Cleaned, key: bytes) -> str:
    """Return the seal of a cleaned data set."""
    return PREFIX + pseudonym(key, "seal", *_sealed(cleaned))


def is_sealed(source: Dataset, key: bytes) -> bool:
    """Tell whether a data set bears the seal of its own values under this key."""
    try:
        seals = _seals(source)
        return bool(seals) and compare_digest(
            seals[0].encode(), seal_of(_as_cleaned(source), key).encode()
        )
    except Exception:  # what cannot be read was not written by the cleaner
        return False


def seal_pixels(cleaned: Dataset, pixels_sha256: str, key: bytes) -> None:
    """Add the seal of an object's cleaned pixels."""
    seals = [*_seals(cleaned), _pixel_seal(cleaned, pixels_sha256, key)]
    cleaned[DERIVATION_DESCRIPTION] = _written(seals)


def write_seal(cleaned: Cleaned, key: bytes) -> None:
    """Write the seal of a cleaned data set where an image says how it came about.

    Not beside the method: that belongs to the patient, and must be the same in all objects.
    """
    cleaned[DERIVATION_DESCRIPTION] = _written([seal_of(cleaned, key)])


def _written(seals: Sequence[str]) -> RawDataElement:
    return make(DERIVATION_DESCRIPTION, "ST", BETWEEN.join(seals).encode())


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


def _sealed(cleaned: Cleaned) -> Iterator[bytes]:
    for tag in sorted(cleaned.keys() - STATEMENTS):
        value = cleaned[tag]
        if isinstance(value, Items):
            for item in value.content:
                yield from _sealed(item)
        elif value.VR in SEALED_VRS or tag == PATIENT_ID:
            yield tag.to_bytes(4, "big") + bytes(value.value or b"").rstrip(b"\0 ")


def _as_cleaned(source: Dataset) -> Cleaned:
    """Return what a seal is made of in a data set that was read."""
    found: Cleaned = {}
    for tag, element in list(source.items()):
        vr = element.VR if element.VR not in (None, "UN") else vr_in_dictionary(int(tag))
        if vr == "SQ" and int(tag) not in STATEMENTS:
            found[int(tag)] = Items([_as_cleaned(item) for item in source[tag].value])
        elif vr in SEALED_VRS or int(tag) == PATIENT_ID:
            found[int(tag)] = as_raw(element, source)._replace(VR=vr)
    return found
