"""Limits so small that short members of archives are streamed, in many steps."""

from pathlib import Path

import pytest

from pipeline.io import archives, gzip_tars, inflate, members, zip_members
from pipeline.io.sources import Source, walk_sources


def set_small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "LEAST_STREAMED_BYTES", 1000)
    monkeypatch.setattr(members, "CHUNK", 700)
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 1000)
    monkeypatch.setattr(inflate, "LEAST_SPACING", 3000)
    monkeypatch.setattr(inflate, "CHUNK", 512)
    for module in (gzip_tars, zip_members):
        module._checkpoints.cache_clear()


def sources_of(folder: Path, content: bytes) -> list[Source]:
    (folder / "export").write_bytes(content)
    return list(walk_sources(folder))
