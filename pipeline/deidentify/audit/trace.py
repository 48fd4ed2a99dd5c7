"""Where a value that the audit found lies, and where in the archive it stems from.

Runs only after a finding: the tars are read once more, member by member, and the archive, of which
each source, then each of its values, is harvested alone. Names attributes and instances, no values.
"""

import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset

from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.source_values import read_whole
from pipeline.deidentify.audit.sources import opened
from pipeline.io.shards import members_of
from pipeline.io.sources import walk_sources

PROGRESS_EVERY = 200
PATH, BYTES = "the path of the file", "bytes of a file that is no DICOM"


def members_with_values(
    tars: Sequence[Path], harvest: Harvest, place_of: Callable[[str, int], str]
) -> Findings:
    """Return in which members of tars bytes of a value are; `place_of` tells a member's place."""
    found = Findings()
    for path in tars:
        with tarfile.open(path, "r:") as tar:
            for number, member in enumerate(members_of(tar), 1):
                handle = tar.extractfile(member)
                held = harvest.bytes.find(member.name.encode("utf-8", "surrogateescape"))
                held |= harvest.bytes.find_in(cast(BinaryIO, handle)) if handle else set()
                count = len(held & harvest.bytes.found)
                found.note(f"value_in_bytes {path.name}", place_of(member.name, number), count)
    return found


def origins(
    raw: Path,
    harvest: Harvest,
    instance_of: Callable[[bytes], str],
    progress: Callable[[str], None],
) -> Findings:
    """Return of which attributes and instances of the archive the values are that were found."""
    found = Findings()
    for number, source in enumerate(walk_sources(raw), 1):
        with opened(source) as handle:
            for attribute in _attributes(source.relative, handle, harvest):
                found.note(attribute, f"instance {instance_of(source.relative)}")
        if number % PROGRESS_EVERY == 0:
            progress(f"{number} source files traced")
    return found


def _attributes(relative: bytes, handle: BinaryIO | None, harvest: Harvest) -> list[str]:
    """Return which attributes of a source hold what was found, each once."""
    path, whole = harvest.alone(), harvest.alone()
    path.add_path(relative)
    found = [PATH] if path.holds_found(harvest) else []
    whole.add_source(relative, handle)
    if handle is None or not whole.holds_found(harvest):
        return found
    dataset = read_whole(handle) or read_whole(handle, stop_before_pixels=True)
    if dataset is None:
        return found or [BYTES]
    found += _of_dataset(dataset, harvest)
    return sorted(set(found)) or ["its preamble"]


def _of_dataset(dataset: Dataset, harvest: Harvest) -> Iterator[str]:
    for part in (dataset, getattr(dataset, "file_meta", Dataset())):
        for value in harvest.values(part):
            alone = harvest.alone()
            alone.add_value(value)
            if alone.holds_found(harvest):
                yield keyword_for_tag(value.tag) or f"attribute {value.tag}"
