from itertools import pairwise

from pydicom.uid import UID

from pipeline.simulate.plan import make_uid, plan_cohort
from tests.simulate.settings import SEED, small_params


def test_studies_and_objects_are_as_many_as_asked() -> None:
    objects = list(plan_cohort(small_params(patients=12), SEED))
    studies = {each.study.uid: each.study for each in objects}
    by_patient: dict[str, list[str]] = {}
    for study in studies.values():
        by_patient.setdefault(study.person.patient_id, []).append(study.date)
    assert len(by_patient) == 12
    assert all(2 <= len(dates) <= 3 for dates in by_patient.values())
    assert all(a < b for dates in by_patient.values() for a, b in pairwise(dates))
    assert len(objects) == 2 * len(studies)


def test_identifiers_and_paths_are_unique_and_valid() -> None:
    objects = list(plan_cohort(small_params(patients=12), SEED))
    assert len({each.uid for each in objects}) == len(objects)
    assert len({each.path for each in objects}) == len(objects)
    assert all(each.uid.is_valid and each.study.uid.is_valid for each in objects)


def test_the_plan_depends_on_the_seed_alone() -> None:
    plan, again, other = (list(plan_cohort(small_params(), seed)) for seed in (1, 1, 2))
    assert plan == again
    assert plan != other


def test_more_patients_leave_the_first_ones_as_they_were() -> None:
    few, many = (list(plan_cohort(small_params(patients=n), SEED)) for n in (2, 4))
    assert many[: len(few)] == few


def test_uids_lie_under_the_uuid_root() -> None:
    assert make_uid(1, "a") == make_uid(1, "a") != make_uid(1, "b")
    assert isinstance(make_uid(1, "a"), UID)
    assert make_uid(1, "a").startswith("2.25.")
