"""The secret under which pseudonyms are made: keyed, so that nobody without it can guess them.

PS3.15 E.1.1 warns of unkeyed hashes: who has a list of candidate ids can hash them all. Here every
pseudonym is an HMAC-SHA-256 under a key that lies outside the repository.
"""

import hashlib
import hmac
import stat
from pathlib import Path

from pipeline.errors import StudyError

REPOSITORY = Path(__file__).resolve().parents[2]
SHORTEST_KEY = 32
PSEUDONYM_DIGITS = 32
# Public on purpose, and refused for anything but simulated data.
DEMO_KEY = hashlib.sha256(b"the public key of simulated studies").digest()
REMEDY = "make one with: head -c 32 /dev/urandom > ~/insonate.key && chmod 600 ~/insonate.key"


def load_key(key_file: str, simulated: bool) -> bytes:
    """Return the study's key.

    A simulated study without a key file uses the public demo key. Raises StudyError, naming the
    field and the remedy, when a real study has no key, or its file is in the repository, readable
    by others, too short, or the demo key.
    """
    if not key_file:
        if simulated:
            return DEMO_KEY
        raise StudyError(f"deidentify.key_file: real data needs a key; {REMEDY}")
    path = Path(key_file).expanduser().resolve()
    if path.is_relative_to(REPOSITORY):
        raise StudyError("deidentify.key_file: keep the key outside the repository")
    if not path.is_file():
        raise StudyError(f"deidentify.key_file: there is no such file; {REMEDY}")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StudyError("deidentify.key_file: others can read the key; run chmod 600 on it")
    key = path.read_bytes()
    if len(key) < SHORTEST_KEY:
        raise StudyError(f"deidentify.key_file: shorter than {SHORTEST_KEY} bytes; {REMEDY}")
    if not simulated and key == DEMO_KEY:
        raise StudyError(f"deidentify.key_file: the demo key protects nobody; {REMEDY}")
    return key


def pseudonym(key: bytes, kind: str, *parts: str | bytes) -> str:
    """Return 32 hexadecimal digits that stand for `parts`, the same wherever the key is the same.

    Lengths are part of what is hashed, so ("ab", "c") and ("a", "bc") differ.
    """
    digest = hmac.new(key, kind.encode(), hashlib.sha256)
    for part in parts:
        content = part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:PSEUDONYM_DIGITS]


def new_uid(key: bytes, uid: str) -> str:
    """Return the UID that replaces `uid`: 2.25 and a keyed 128-bit number (PS3.5 B.2)."""
    return f"2.25.{int(pseudonym(key, 'uid', uid), 16)}"
