"""Digests of files and of plain values."""

import hashlib
import json
from pathlib import Path
from typing import Any, BinaryIO, cast


def sha256_bytes(content: bytes | memoryview) -> str:
    """Return the SHA-256 of `content` as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read in blocks."""
    with path.open("rb") as handle:
        return sha256_stream(handle)


def sha256_stream(handle: BinaryIO) -> str:
    """Return the SHA-256 of what an open file still holds, read in blocks."""
    return hashlib.file_digest(cast(Any, handle), "sha256").hexdigest()


def canonical_json(value: Any) -> str:
    """Return the one JSON text of `value`: sorted keys, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256_json(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON text of `value`."""
    return sha256_bytes(canonical_json(value).encode())
