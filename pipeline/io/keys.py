"""The secret under which pseudonyms are made: keyed, so that nobody without it can guess them.

PS3.15 E.1.1 warns of unkeyed hashes: who has a list of candidate ids can hash them all. Here every
pseudonym is an HMAC-SHA-256 under a key that lies outside the repository.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
import stat
from pathlib import Path

from pipeline.errors import StudyError

REPOSITORY = Path(__file__).resolve().parents[2]
VARIABLE = "INSONATE_KEY"
SHORTEST_KEY = 32
# Of 32 random bytes some 30 differ, of 64 random hexadecimal digits 16; fewer than 8 do once in
# 10^19 keys of digits. Zeros, and one word again and again, have fewer.
DIFFERENT_BYTES = 8
PSEUDONYM_DIGITS = 32
KEY_ID_DIGITS = 16
REMEDY = "make one with: head -c 32 /dev/urandom > ~/insonate.key && chmod 600 ~/insonate.key"
_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2})+")


class Key(bytes):
    """A secret that prints as <key>: tracebacks, logs and test reports show values by repr."""

    def __repr__(self) -> str:
        return "<key>"

    __str__ = __repr__


# Public on purpose, and refused for anything but simulated data.
DEMO_KEY = Key(hashlib.sha256(b"the public key of simulated studies").digest())


def load_key(key_file: str, simulated: bool) -> Key:
    """Return the study's key, from its file or from the environment variable INSONATE_KEY.

    A simulated study without a key file uses the public demo key, whatever the environment holds:
    its bytes are the same on every machine. Raises StudyError, naming the field and the remedy,
    when a real study has no key, its file is in the repository, or readable by others, when a key
    is too short, plainly not random or the demo key, or when file and variable disagree.
    """
    if not key_file and simulated:
        return DEMO_KEY
    found = _key_of_variable(os.environ.get(VARIABLE, "").strip())
    if key_file:
        key = _key_of_file(Path(key_file))
        if found is not None and not hmac.compare_digest(key, found):
            raise StudyError(
                f"deidentify.key_file and the variable {VARIABLE} hold different keys; unset one"
            )
        found = key
    if found is None:
        raise StudyError(
            f"deidentify.key_file: real data needs a key, there or in {VARIABLE}; {REMEDY}"
        )
    if not simulated and hmac.compare_digest(found, DEMO_KEY):
        raise StudyError(f"deidentify.key_file: the demo key protects nobody; {REMEDY}")
    return found


def read_secret(path: Path, name: str) -> Key:
    """Return the bytes of a file that only its owner can read.

    Raises StudyError, naming the parameter or option `name`, when the file is missing, in the
    repository or readable by others.
    """
    resolved = path.expanduser().resolve()
    if resolved.is_relative_to(REPOSITORY):
        raise StudyError(f"{name}: keep the secret outside the repository")
    if not resolved.is_file():
        raise StudyError(f"{name}: there is no such file; write its whole path")
    if resolved.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StudyError(f"{name}: others can read the file; run chmod 600 on it")
    return Key(resolved.read_bytes())


def _key_of_file(path: Path) -> Key:
    return _checked(read_secret(path, "deidentify.key_file"), "deidentify.key_file")


def _checked(key: Key, name: str) -> Key:
    """Return a key that is long enough and can be random, else raise StudyError."""
    if len(key) < SHORTEST_KEY:
        raise StudyError(f"{name}: shorter than {SHORTEST_KEY} bytes; {REMEDY}")
    if len(set(key)) < DIFFERENT_BYTES:
        raise StudyError(f"{name}: not random, as it repeats few bytes; {REMEDY}")
    return key


def _key_of_variable(text: str) -> Key | None:
    """Return the key that `text` spells in hexadecimal or base64, or None for no text."""
    if not text:
        return None
    try:
        whole = _HEXADECIMAL.fullmatch(text) is not None
        key = Key(bytes.fromhex(text) if whole else base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        raise StudyError(f"{VARIABLE}: neither hexadecimal nor base64") from None
    return _checked(key, VARIABLE)


def pseudonym(key: bytes, kind: str, *parts: str | bytes) -> str:
    """Return 32 hexadecimal digits that stand for `parts`, the same wherever the key is the same.

    Lengths are part of what is hashed, so ("ab", "c") and ("a", "bc") differ.
    """
    digest = hmac.new(key, kind.encode(), hashlib.sha256)
    for part in parts:
        content = part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:PSEUDONYM_DIGITS]


def key_id(key: bytes) -> str:
    """Return 16 hexadecimal digits by which records say under which key they were made."""
    return pseudonym(key, "key-id")[:KEY_ID_DIGITS]


def new_uid(key: bytes, uid: str) -> str:
    """Return the UID that replaces `uid`: 2.25 and a keyed 128-bit number (PS3.5 B.2)."""
    return f"2.25.{int(pseudonym(key, 'uid', uid), 16)}"
