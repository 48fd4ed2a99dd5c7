"""The far end of the audit: are the raw files still those that the study read?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_json
from pipeline.io.keys import load_key, pseudonym
from pipeline.io.sources import Source, walk_sources
from pipeline.io.unusable import SourceError


class Sources(NamedTuple):
    """How many source files there are, and one digest over their digests."""

    number: int
    digest: str


def summarise(digests: list[str]) -> Sources:
    """Return the count of some sources and the digest of their sorted digests."""
    return Sources(len(digests), sha256_json(sorted(digests)))


def changed_raw_file(instances: Path, params: Mapping[str, Any]) -> str | None:
    """Return the id of the first instance whose file is missing or has other bytes, or None.

    Tables hold no path: files are found by the keyed digest of their path. Raises StudyError when
    the key is not at hand.
    """
    simulated = params["cohort"]["source"] == "simulate"
    key = load_key(params["deidentify"]["key_file"], simulated)
    raw = Path("data/raw" if simulated else params["cohort"]["path"])
    table = pq.read_table(instances, columns=["instance", "source_sha256"]).to_pylist()
    expected = {row["instance"]: row["source_sha256"] for row in table}
    for source in walk_sources(raw):
        instance = pseudonym(key, "instance", source.relative)
        digest = expected.pop(instance, None)
        if digest is not None and _digest(source) != digest:
            return f"{instance} has other bytes"
    return f"{min(expected)} is missing" if expected else None


def _digest(source: Source) -> str:
    """Return the digest of a source's bytes, or nothing when they can no longer be read."""
    try:
        return source.sha256()
    except (OSError, SourceError):
        return ""


def dicom_sources(index: Path, instances: Path) -> Sources:
    """Return the source instances whose frames an encoder was pretrained on."""
    used = set(
        pq.read_table(index, columns=["instance"], filters=[("split", "=", "train")])
        .column("instance")
        .to_pylist()
    )
    rows = pq.read_table(instances, columns=["instance", "source_sha256"]).to_pylist()
    digests = [row["source_sha256"] for row in rows if row["instance"] in used]
    if len(digests) != len(used):
        raise StudyError("some frames of the shards come from instances that ingest does not list")
    return summarise(digests)


def labelled_sources(tasks: Path, names: list[str]) -> Sources:
    """Return the labelled images of some tasks, by the digests of their decoded pixels."""
    rows = pq.read_table(tasks, columns=["task", "image_sha256"]).to_pylist()
    return summarise([row["image_sha256"] for row in rows if row["task"] in names])
