"""Which patients are held out, and which shard a patient's frames go to."""

import hashlib
from collections.abc import Collection

SPLITS = ("train", "val", "test")


def _order(seed: int, word: str, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{word}/{name}".encode()).digest()[:8], "big")


def split_patients(
    patients: Collection[str], val_fraction: float, test_fraction: float, seed: int
) -> dict[str, str]:
    """Return {patient: split}, whole patients only.

    A patient's place is a hash of the pseudonym, so a patient who is added moves no other by more
    than the shares themselves move. At least one patient trains.
    """
    ordered = sorted(patients, key=lambda patient: (_order(seed, "split", patient), patient))
    test = round(len(ordered) * test_fraction)
    val = min(round(len(ordered) * val_fraction), max(0, len(ordered) - test - 1))
    return {
        patient: "test" if place < test else "val" if place < test + val else "train"
        for place, patient in enumerate(ordered)
    }


def shard_number(sample: str, shards: int, seed: int) -> int:
    """Return the shard of a sample: spread by hash, so that each shard is a fair draw."""
    return _order(seed, "shard", sample) % shards
