"""Rows in an encrypted file, written and read one at a time.

Each row is sealed with AES-256-GCM under a key of this file alone, its place in the file as nonce,
so that rows can neither be read, changed, reordered nor cut off without the secret.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from pipeline.errors import StudyError
from pipeline.io.atomic import atomic_path
from pipeline.io.hashing import canonical_json

FORMAT = "insonate sealed rows 1"
SALT, KEY, NONCE, LENGTH = 16, 32, 12, 4
# Memory and time that a guess at a passphrase costs: 64 MiB, a quarter of a second.
SCRYPT_COST, SCRYPT_BLOCK, SCRYPT_LANES = 1 << 16, 8, 1
ROW, END = b"row", b"end"
Kind = Literal["key", "passphrase"]


def _cipher(secret: bytes, kind: Kind, salt: bytes, purpose: str) -> AESGCM:
    """Return the cipher of one file. A passphrase is stretched first, as it can be guessed."""
    if kind == "passphrase":
        stretch = Scrypt(salt=salt, length=KEY, n=SCRYPT_COST, r=SCRYPT_BLOCK, p=SCRYPT_LANES)
        secret = stretch.derive(secret)
    return AESGCM(HKDF(SHA256(), KEY, salt, purpose.encode()).derive(secret))


@contextmanager
def sealed_writer(
    path: Path, secret: bytes, kind: Kind, purpose: str
) -> Iterator[Callable[[bytes], None]]:
    """Yield a function that adds a row to `path`, a file that only its owner can read.

    `purpose` keeps keys for different uses of one secret apart. The file appears when the block
    ends without an error. Its salt is random, so that no two files share a key.
    """
    salt = os.urandom(SALT)
    head = canonical_json({"format": FORMAT, "secret": kind, "salt": salt.hex()}).encode() + b"\n"
    cipher, count = _cipher(secret, kind, salt, purpose), 0
    with atomic_path(path) as temporary:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(head)

            def seal(row: bytes, mark: bytes = ROW) -> None:
                nonlocal count
                sealed = cipher.encrypt(count.to_bytes(NONCE, "big"), row, head + mark)
                handle.write(len(sealed).to_bytes(LENGTH, "big") + sealed)
                count += 1

            yield seal
            seal(b"", END)


def read_sealed(path: Path, secret: bytes, kind: Kind, purpose: str) -> Iterator[bytes]:
    """Yield the rows of a sealed file.

    Raises StudyError when the file is none of ours, was changed or cut off, or the secret is not
    the one it was sealed with; rows before the fault have been yielded by then.
    """
    with path.open("rb") as handle:
        head = handle.readline()
        try:
            fields = json.loads(head)
            sealed_with, salt = fields["secret"], bytes.fromhex(fields["salt"])
        except (ValueError, KeyError, TypeError):
            raise StudyError(f"{path.name} is no file of sealed rows") from None
        if sealed_with != kind:
            raise StudyError(f"{path.name} was sealed with a {sealed_with}, not with a {kind}")
        cipher, count = _cipher(secret, kind, salt, purpose), 0
        while True:
            nonce = count.to_bytes(NONCE, "big")
            length = int.from_bytes(handle.read(LENGTH), "big")
            sealed = handle.read(length)
            left = handle.peek(1)
            try:
                if len(sealed) < length:
                    raise InvalidTag
                row = cipher.decrypt(nonce, sealed, head + (ROW if left else END))
            except (InvalidTag, ValueError):
                raise StudyError(f"{path.name}: wrong secret, or the file was changed") from None
            if not left:
                return
            yield row
            count += 1
