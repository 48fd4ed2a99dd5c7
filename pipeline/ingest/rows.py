"""What a scan keeps of one file: its fate, and the columns of its instance."""

from typing import Any

from pipeline.ingest.columns import instance_columns
from pipeline.ingest.fate import Accepted, examine
from pipeline.ingest.params import IngestParams
from pipeline.ingest.refusal import Refused
from pipeline.ingest.tables import REASONS
from pipeline.io.archives import MARK_BYTES, kind_of_bytes
from pipeline.io.attributes import text
from pipeline.io.hashing import sha256_stream
from pipeline.io.keys import pseudonym
from pipeline.io.sources import HOLDERS, Source
from pipeline.io.unusable import SourceError


def file_row(source: Source, params: IngestParams, key: bytes, partitions: int) -> dict[str, Any]:
    """Read one source and return its row of `FILES`; a usable file has the empty reason."""
    result, digest = _read(source, params)
    row: dict[str, Any] = {
        "instance": pseudonym(key, "instance", source.relative),
        "source_sha256": digest,
        "source_bytes": source.size,
        "reason": "",
        "detail": "",
        "twin": "",
    }
    if isinstance(result, Refused):
        words = REASONS[result.reason] + (f": {result.detail}" if result.detail else "")
        return row | {"reason": result.reason, "detail": words}
    own = {
        "pixels": result.pixels_sha256,
        "object": pseudonym(key, "object", text(result.header, "SOPInstanceUID")),
    }
    return row | own | instance_columns(key, result, partitions)


def _read(source: Source, params: IngestParams) -> tuple[Accepted | Refused, str]:
    """Return a source's fate and the digest of its bytes, empty when they could not be read."""
    try:
        result, digest = _read_once(source, params)
    except SourceError as error:
        return Refused(error.reason), ""
    except OSError as error:
        return Refused(source.change() or "file_error", type(error).__name__), ""
    # Asked last, so that nothing that happens while the file is read is missed.
    change = source.change()
    return (Refused(change), "") if change else (result, digest)


def _read_once(source: Source, params: IngestParams) -> tuple[Accepted | Refused, str]:
    with source.open() as handle:
        digest = sha256_stream(handle)
        if source.fault in HOLDERS:
            return Refused(source.fault), digest
        handle.seek(0)
        if source.member and kind_of_bytes(handle.read(MARK_BYTES)):
            return Refused("nested_archive"), digest
        return examine(handle, params), digest
