"""Invented people and hospitals, with names that occur nowhere else.

Every identifying value has at least six characters, so that a search for it through the study's
outputs has no accidental hits.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

FAMILY_STEMS = (
    "Vandro", "Quisle", "Morvath", "Teskar", "Brelin", "Ostrav", "Hjeldr", "Calvest", "Durnev",
    "Pelgor", "Grünwald", "Xandru", "Jarnsk", "Wyckel", "Nöstrup", "Fjorla",
)  # fmt: skip
FAMILY_ENDS = ("osky", "quist", "holtz", "elmark", "ewick", "idottir", "ovari", "anzen")
GIVEN_STEMS = ("Zelmi", "Ottok", "Brunhi", "Kasimo", "Ludwe", "Melusa", "Philom", "Tivad", "Ursel")
GIVEN_ENDS = ("rande", "arine", "ildis", "oslav", "ettika", "undra")
STREETS = ("Quellenwegle", "Birkenstiegel", "Zum Alten Kranhof", "Lindwurmgassel", "Fährpromenad")
TOWNS = ("Brelinstädt", "Obervandrow", "Niederquisling", "Hjeldorpe", "Calvestfurt")
ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Hospital:
    """Where an exam was done."""

    name: str
    address: str
    department: str
    station: str
    application_entity: str
    issuer: str


HOSPITALS = (
    Hospital(
        "Klinikum Brelinstädt Sankt Quirlan", "Am Spitalhügel 4, 38999 Brelinstädt",
        "Pränataldiagnostik Haus Q7", "BRELSONO07", "BRELIN_US_AE", "BRELINSTAEDT-KIS",
    ),
    Hospital(
        "Hjeldorpe Universitetshospitalet", "Fjorlavejen 220, 9977 Hjeldorpe",
        "Abdominalradiologi H3", "HJELDECHO2", "HJELDORPE_AE", "HJELDORPE-MRN",
    ),
    Hospital(
        "Calvestfurt Community Medical Center", "1860 Durnevale Parkway, Calvestfurt",
        "Vascular and Cardiac Echo Lab", "CALVUS0031", "CALVEST_STORE", "CALVESTFURT-MPI",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A patient. Dates are written YYYYMMDD."""

    family: str
    given: str
    birth_name: str
    mother_birth_name: str
    birth_date: str
    sex: str
    patient_id: str
    insurance_id: str
    address: str
    phone: str
    occupation: str
    relative: str
    relative_phone: str

    @property
    def dicom_name(self) -> str:
        """The name as a DICOM person name (PS3.5 6.2.1): family^given."""
        return f"{self.family}^{self.given}"


def ascii_text(text: str) -> str:
    """Return text as a machine without umlauts prints it."""
    return text.translate(ASCII)


def family_name(rng: np.random.Generator) -> str:
    """Invent a family name."""
    return f"{rng.choice(FAMILY_STEMS)}{rng.choice(FAMILY_ENDS)}"


def given_name(rng: np.random.Generator) -> str:
    """Invent a given name."""
    return f"{rng.choice(GIVEN_STEMS)}{rng.choice(GIVEN_ENDS)}"


def staff_name(rng: np.random.Generator) -> str:
    """Invent a physician's or operator's DICOM person name."""
    return f"{family_name(rng)}^{given_name(rng)}^^Dr."


def digits(rng: np.random.Generator, count: int) -> str:
    """Draw `count` decimal digits."""
    return "".join(str(digit) for digit in rng.integers(0, 10, count))


def phone_number(rng: np.random.Generator) -> str:
    """Invent a phone number."""
    return f"+49 5551 {digits(rng, 7)}"


def invent_person(rng: np.random.Generator) -> Person:
    """Invent one patient."""
    born = date(1938, 1, 1) + timedelta(days=int(rng.integers(0, 24000)))
    return Person(
        family=family_name(rng),
        given=given_name(rng),
        birth_name=family_name(rng),
        mother_birth_name=family_name(rng),
        birth_date=born.strftime("%Y%m%d"),
        sex=str(rng.choice(["F", "M", "O"], p=[0.7, 0.28, 0.02])),
        patient_id=f"KH-{digits(rng, 8)}",
        insurance_id=f"QV{digits(rng, 9)}",
        address=f"{rng.choice(STREETS)} {rng.integers(1, 99)}, {rng.choice(TOWNS)}",
        phone=phone_number(rng),
        occupation=f"{family_name(rng)[:8]}-Bahner",
        relative=f"{given_name(rng)} {family_name(rng)}",
        relative_phone=phone_number(rng),
    )
