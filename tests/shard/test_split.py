from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pipeline.shard.split import SPLITS, shard_number, split_patients

PATIENTS = st.sets(st.text("0123456789abcdef", min_size=4, max_size=8), min_size=1, max_size=60)
SHARE = st.floats(0, 0.49)
SEED = st.integers(0, 2**32)


@given(patients=PATIENTS, val=SHARE, test=SHARE, seed=SEED)
def test_every_patient_has_one_split_and_somebody_trains(
    patients: set[str], val: float, test: float, seed: int
) -> None:
    found = split_patients(patients, val, test, seed)
    assert set(found) == patients
    counts = Counter(found.values())
    assert set(counts) <= set(SPLITS)
    assert counts["train"] >= 1
    assert counts["test"] == round(len(patients) * test)
    assert counts["val"] <= round(len(patients) * val)


@given(patients=PATIENTS, seed=SEED)
def test_the_order_in_which_patients_are_met_does_not_matter(patients: set[str], seed: int) -> None:
    forwards = split_patients(sorted(patients), 0.2, 0.2, seed)
    assert forwards == split_patients(sorted(patients, reverse=True), 0.2, 0.2, seed)


@given(patients=PATIENTS, seed=SEED)
def test_a_new_patient_moves_hardly_anybody(patients: set[str], seed: int) -> None:
    before = split_patients(patients, 0.2, 0.2, seed)
    after = split_patients(patients | {"newcomer"}, 0.2, 0.2, seed)
    assert sum(before[patient] != after[patient] for patient in patients) <= 3


def test_the_seed_draws_the_split() -> None:
    patients = [f"{number:04x}" for number in range(100)]
    first, second = (split_patients(patients, 0.2, 0.2, seed) for seed in (1, 2))
    assert first != second
    assert Counter(first.values()) == Counter(second.values())


def test_nobody_gives_no_split() -> None:
    assert split_patients([], 0.2, 0.2, 1) == {}


def test_shards_are_filled_evenly() -> None:
    counts = Counter(shard_number(f"sample{number}", 4, 1) for number in range(4000))
    assert set(counts) == set(range(4))
    assert max(counts.values()) < 1.2 * min(counts.values())
