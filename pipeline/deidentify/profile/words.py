"""The words that may leave, or that stand for one that may not; the audit knows them too."""

from pathlib import Path

# Defined terms of coded attributes, and words of descriptions.
TERMS_FILE = Path(__file__).with_name("terms.txt")
VOCABULARY = Path(__file__).with_name("vocabulary.txt")
# What stands for a value, by VR; for one of any other VR the word.
WORD = b"ANONYMIZED"
TEXTS = {
    "DA": b"19000101",
    "TM": b"000000",
    "DT": b"19000101000000",
    "AS": b"000Y",
    "DS": b"0",
    "IS": b"0",
    "UR": b"urn:anonymized",
    "OB": b"\0\0",
    "UN": b"\0\0",
}
DUMMIES = frozenset(value.decode() for value in (WORD, *TEXTS.values()) if value.strip(b"\0"))
