"""Who is examined when, on which machine, and what each object is: all but the pixels."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PurePosixPath

import numpy as np
from pydicom.uid import UID

from pipeline.io.seeds import derive_seed, generator
from pipeline.simulate.atlas import ANATOMIES, Anatomy
from pipeline.simulate.difficulty import Difficulty
from pipeline.simulate.machines import MACHINES, Machine
from pipeline.simulate.params import SimulateParams
from pipeline.simulate.people import (
    HOSPITALS,
    Hospital,
    Person,
    ascii_text,
    digits,
    invent_person,
    staff_name,
)

# Namespace of this simulator's name-based UUIDs (RFC 9562, version 5).
NAMESPACE = uuid.UUID("3a3f5c0e-9a58-4c53-8f0a-5d0f7ab1c2d4")


@dataclass(frozen=True)
class Study:
    """One visit of one patient: one anatomy on one machine. Dates are YYYYMMDD, times HHMMSS."""

    person: Person
    number: int
    date: str
    time: str
    hospital: Hospital
    machine: Machine
    serial_number: str
    anatomy: Anatomy
    finding: str
    accession: str
    referrer: str
    performer: str
    operator: str
    requester: str
    referrer_phone: str
    uid: UID
    series_uid: UID
    previous_uid: UID
    seed: int
    difficulty: Difficulty

    @property
    def dashed_date(self) -> str:
        """The date as people write it in folder names."""
        return f"{self.date[:4]}-{self.date[4:6]}-{self.date[6:]}"

    @property
    def depth_cm(self) -> float:
        """How deep the bottom of the images lies."""
        return self.machine.depth_cm(self.anatomy)

    @property
    def frequency_mhz(self) -> float:
        """The centre frequency of the pulses."""
        return self.machine.frequency_mhz(self.anatomy)

    @property
    def description(self) -> str:
        """The free text that a secretary typed: it names patient and referrer."""
        referrer = self.referrer.split("^")[0]
        return f"{self.anatomy.name} {self.person.family} ref Dr {referrer}"


@dataclass(frozen=True)
class Instance:
    """One DICOM object of a study: a still when `frames` is 1, otherwise a cine."""

    study: Study
    number: int
    frames: int
    uid: UID
    path: PurePosixPath


def make_uid(seed: int, *names: object) -> UID:
    """Return a UID `2.25.<UUID>` (PS3.5 B.2) that depends on nothing but its arguments."""
    text = "/".join(str(part) for part in (seed, *names))
    return UID(f"2.25.{uuid.uuid5(NAMESPACE, text).int}")


def plan_cohort(params: SimulateParams, seed: int) -> Iterator[Instance]:
    """Yield every object of the cohort in file order; nothing is drawn or written."""
    for patient in range(params.patients):
        rng = generator(seed, "simulate", "patient", patient)
        person = invent_person(rng)
        # One hospital each: a patient id is only unique together with who issued it.
        hospital = HOSPITALS[int(rng.integers(len(HOSPITALS)))]
        day = date(2019, 1, 7) + timedelta(days=int(rng.integers(0, 1200)))
        previous = make_uid(seed, "elsewhere", patient)
        for number in range(int(rng.integers(params.studies_min, params.studies_max + 1))):
            day += timedelta(days=int(rng.integers(9, 200)))
            names = (seed, "simulate", "study", patient, number)
            visit = generator(*names)
            study = _plan_study(params, person, hospital, number, day, previous, visit, names)
            previous = study.uid
            yield from _plan_instances(params, study)


def _plan_study(
    params: SimulateParams,
    person: Person,
    hospital: Hospital,
    number: int,
    day: date,
    previous_uid: UID,
    rng: np.random.Generator,
    names: tuple[int, str, str, int, int],
) -> Study:
    anatomy = ANATOMIES[int(rng.integers(len(ANATOMIES)))]
    machine = MACHINES[int(rng.integers(len(MACHINES)))]
    return Study(
        person=person,
        number=number + 1,
        date=day.strftime("%Y%m%d"),
        time=f"{rng.integers(8, 18):02d}{rng.integers(0, 60):02d}{rng.integers(0, 60):02d}",
        hospital=hospital,
        machine=machine,
        serial_number=f"SN{digits(rng, 9)}",
        anatomy=anatomy,
        finding=anatomy.findings[int(rng.integers(len(anatomy.findings)))],
        accession=f"ACC{digits(rng, 10)}",
        referrer=staff_name(rng),
        performer=staff_name(rng),
        operator=staff_name(rng),
        requester=staff_name(rng),
        referrer_phone=f"+45 9977 {digits(rng, 6)}",
        uid=make_uid(*names),
        series_uid=make_uid(*names, "series"),
        previous_uid=previous_uid,
        seed=derive_seed(*names),
        difficulty=Difficulty(params.difficulty),
    )


def _plan_instances(params: SimulateParams, study: Study) -> Iterator[Instance]:
    person = study.person
    folder = PurePosixPath(
        f"{person.family}_{person.given}_{person.patient_id}",
        f"{study.dashed_date} {study.anatomy.name} {study.accession}",
    )
    frames = [1] * params.stills_per_study + [params.cine_frames] * params.cines_per_study
    for number, count in enumerate(frames, start=1):
        kind = "still" if count == 1 else "cine"
        name = f"{ascii_text(person.family)}_{study.date}_{kind}{number:02d}"
        yield Instance(
            study=study,
            number=number,
            frames=count,
            uid=make_uid(study.seed, "instance", number),
            path=folder / (name if study.machine.regions == "missing" else f"{name}.dcm"),
        )
