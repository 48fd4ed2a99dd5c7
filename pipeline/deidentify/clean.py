"""De-identify one part of the archive: headers by the profile, pixels by sector and text."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

import pandas as pd
from pydicom import dcmread
from pydicom.datadict import keyword_for_tag

from pipeline.deidentify.dataset import clean_dataset
from pipeline.deidentify.export import write_object
from pipeline.deidentify.header_json import header_json
from pipeline.deidentify.params import DeidentifyParams
from pipeline.deidentify.pixels import CleanFrame, InstancePixels, Shape, alike, pixels_digest
from pipeline.deidentify.regions import read_geometry
from pipeline.deidentify.review import REVIEW, review_sector, review_text
from pipeline.deidentify.seal import pixel_check, seal_pixels
from pipeline.deidentify.statements import state_clean_pixels
from pipeline.deidentify.tables import FRAMES, LEDGER, REJECTED
from pipeline.ingest.tables import INSTANCES
from pipeline.io.dicom import decoder_name
from pipeline.io.hashing import canonical_json, sha256_bytes, sha256_stream
from pipeline.io.images import encode_png
from pipeline.io.keys import key_id, load_key, pseudonym
from pipeline.io.part10 import open_dicom
from pipeline.io.shards import ShardWriter, all_or_none, open_shard
from pipeline.io.sources import Source, walk_sources
from pipeline.io.tables import read_table, write_table
from pipeline.io.unusable import UnusableError
from pipeline.step import Job

REPORT_EVERY = 50
Row = dict[str, Any]


@dataclass(frozen=True)
class Writers:
    """Where one part's samples go: frames, and DICOM objects when the study exports them."""

    folder: Path
    frames: ShardWriter
    objects: ShardWriter | None


@dataclass(frozen=True)
class Written:
    """The rows that one instance adds to the part's tables."""

    frames: list[Row]
    ledger: Row
    review: list[Row]


class Cleaner:
    """De-identifies instances, one at a time."""

    def __init__(self, params: DeidentifyParams, key: bytes, writers: Writers, shard: str) -> None:
        self._params, self._key = params, key
        self._writers, self._shard = writers, shard

    def clean(self, source: Source, row: Any) -> Written:
        """Write everything of one instance, all or nothing; return its rows.

        Raises UnusableError, with its reason, when it cannot be cleaned in full.
        """
        if row.instance in self._params.exclude:
            raise UnusableError("excluded")
        try:
            return self._clean(source, row)
        except UnusableError:
            raise
        except Exception as error:  # its text may quote the file
            raise UnusableError("decode_failed", type(error).__name__) from None

    def _clean(self, source: Source, row: Any) -> Written:
        with open_dicom(source) as handle:
            header = dcmread(handle, stop_before_pixels=True)
        geometry = read_geometry(header)
        shape = Shape(row.frames, row.rows, row.columns)
        is_own = pixel_check(header, self._key)
        opened = partial(open_dicom, source)
        pixels = InstancePixels(opened, shape, geometry.boxes, self._params, is_own)
        common = {
            "instance": row.instance,
            "patient": row.patient,
            "study": row.study,
            "shard": self._shard,
            "sector_x0": pixels.sector.box.x0,
            "sector_y0": pixels.sector.box.y0,
            "sector_x1": pixels.sector.box.x1,
            "sector_y1": pixels.sector.box.y1,
            "sector_basis": pixels.sector.basis,
            "mm_per_px_y": geometry.mm_per_px_y,
            "mm_per_px_x": geometry.mm_per_px_x,
            "calibration_status": geometry.status,
            "frame_time_ms": row.frame_time_ms,
            "manufacturer": row.manufacturer,
            "transfer_syntax": row.transfer_syntax,
            "decoder": decoder_name(row.transfer_syntax),
        }
        json = header_json(header, self._key, row.patient)
        with all_or_none(self._writers.frames, self._writers.folder) as draft:
            frames, review = self._write_frames(draft, pixels, common, json)
            tally, digest = self._export(source, header, frames, pixels)
        return Written(frames, self._ledger_row(frames, tally, digest), review)

    def _write_frames(
        self, draft: ShardWriter, pixels: InstancePixels, common: Row, header: str
    ) -> tuple[list[Row], list[Row]]:
        frames: list[Row] = []
        review: list[Row] = list(review_sector(common["instance"], pixels.sector))
        for index, frame in enumerate(pixels):
            columns = common | _frame_columns(common["instance"], index, frame)
            parts = {"png": encode_png(frame.image)}
            if index == 0:
                parts["header.json"] = header.encode()
            draft.add(columns["frame"], parts)
            frames.append(columns)
            review += review_text(common["instance"], index, frame.text)
        return frames, review

    def _export(
        self, source: Source, header: Any, rows: list[Row], pixels: InstancePixels
    ) -> tuple[Counter[str], str | None]:
        """Write the instance as DICOM, if the study does; return its actions and its digest."""
        tally: Counter[str] = Counter()
        if self._writers.objects is None:
            return tally, None
        patient = rows[0]["patient"]
        cleaned = clean_dataset(header, self._key, patient, self._params.profile, tally)
        state_clean_pixels(cleaned)
        seal_pixels(cleaned, _pixels_sha256(rows), self._key)
        coloured = any(row["channels"] == 3 for row in rows)
        frames = alike((frame.image for frame in pixels), coloured)
        with ExitStack() as stack:
            # Nameless, and it holds nothing but what was cleaned.
            temporary = stack.enter_context(tempfile.TemporaryFile(dir=self._writers.folder))
            written = cast(BinaryIO, temporary)
            original = stack.enter_context(open_dicom(source))
            write_object(written, cleaned, original, frames, encoding=self._params.export_encoding)
            size = written.tell()
            written.seek(0)
            digest = sha256_stream(written)
            written.seek(0)
            self._writers.objects.add_file(f"{cleaned.SOPInstanceUID}.dcm", written, size)
        return tally, digest

    def _ledger_row(self, frames: list[Row], tally: Counter[str], digest: str | None) -> Row:
        first = frames[0]
        return {name: first[name] for name in ("instance", "patient", "study", "decoder")} | {
            "frames": len(frames),
            "key_id": key_id(self._key),
            "sector_basis": first["sector_basis"],
            "blanked_share": sum(frame["blanked_share"] for frame in frames) / len(frames),
            "text_boxes": max(frame["text_boxes"] for frame in frames),
            "actions": canonical_json(_by_name(tally)),
            "pixels_sha256": _pixels_sha256(frames),
            "object_sha256": digest,
        }


def _pixels_sha256(frames: list[Row]) -> str:
    return pixels_digest(frame["pixels_sha256"] for frame in frames)


def _by_name(tally: Counter[str]) -> dict[str, int]:
    """Return counts by attribute and action, an attribute by its name where it has one."""
    split = [(name.partition(":"), times) for name, times in tally.items()]
    named = {
        f"{keyword_for_tag(int(tag, 16)) or tag}:{action}": times
        for (tag, _, action), times in split
    }
    return dict(sorted(named.items()))


def _frame_columns(instance: str, index: int, frame: CleanFrame) -> Row:
    image = frame.image
    return {
        "frame": f"{instance}_{index:04d}",
        "frame_index": index,
        "height": image.shape[0],
        "width": image.shape[1],
        "channels": 1 if image.ndim == 2 else image.shape[2],
        "pixels_sha256": sha256_bytes(image.tobytes()),
        "blanked_share": frame.blanked_share,
        "text_boxes": len(frame.text),
    }


@dataclass(frozen=True)
class Outputs:
    """The files that one part writes; `objects` is None when the study exports no DICOM."""

    frames: Path
    table: Path
    rejected: Path
    ledger: Path
    review: Path
    objects: Path | None = None


def clean_part(
    params: DeidentifyParams,
    key: bytes,
    partition: int,
    raw: Path,
    instances: Path,
    outputs: Outputs,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """De-identify the instances of one partition into its tars and tables; return counts."""
    wanted = read_table(instances, INSTANCES).query("partition == @partition")
    sources = _sources(raw, key, set(wanted.instance))
    frames: list[Row] = []
    ledger: list[Row] = []
    review: list[Row] = []
    refused: list[Row] = []
    with ExitStack() as stack:
        objects = stack.enter_context(open_shard(outputs.objects)) if outputs.objects else None
        tar = stack.enter_context(open_shard(outputs.frames))
        writers = Writers(outputs.frames.parent, tar, objects)
        cleaner = Cleaner(params, key, writers, outputs.frames.name)
        ordered: Iterator[Any] = wanted.sort_values("instance").itertuples()
        for count, row in enumerate(ordered, start=1):
            try:
                written = cleaner.clean(_as_scanned(sources, row), row)
            except UnusableError as fault:
                refused.append(
                    {"instance": row.instance, "reason": fault.reason, "detail": fault.detail}
                )
            else:
                frames += written.frames
                ledger.append(written.ledger)
                review += written.review
            if count % REPORT_EVERY == 0:
                progress(f"{count} of {len(wanted)} instances, {len(frames)} frames")
    write_table(pd.DataFrame(frames, columns=FRAMES.names), FRAMES, outputs.table)
    write_table(refused, REJECTED, outputs.rejected)
    write_table(ledger, LEDGER, outputs.ledger)
    write_table(review, REVIEW, outputs.review)
    return {"instances": len(wanted), "frames": len(frames), "rejected": len(refused)}


def _sources(raw: Path, key: bytes, wanted: set[str]) -> dict[str, Source]:
    """Find files by the keyed digest of their path: no table holds a path."""
    found = ((pseudonym(key, "instance", one.relative), one) for one in walk_sources(raw))
    return {instance: source for instance, source in found if instance in wanted}


def _as_scanned(sources: dict[str, Source], row: Any) -> Source:
    """Return the source of an instance; raise UnusableError unless ingest read the same bytes."""
    source = sources.get(row.instance)
    try:
        digest = source.sha256() if source else None
    except Exception:  # gone, or not to be read any more
        digest = None
    if source is None or digest is None:
        raise UnusableError("vanished")
    if digest != row.source_sha256:
        raise UnusableError("changed")
    return source


def main() -> None:
    """Run the step for the partition `workflow.partition`."""
    with Job.from_command_line() as job:
        params = job.section(DeidentifyParams)
        (objects,) = job.outputs("objects") or (None,)
        job.log_metrics(
            clean_part(
                params,
                load_key(params.key_file, job.value("cohort.source") == "simulate"),
                job.value("workflow.partition"),
                Path(job.value("local.raw")),
                job.input("instances"),
                Outputs(
                    job.output("frames"),
                    job.output("table"),
                    job.output("rejected"),
                    job.output("ledger"),
                    job.output("review"),
                    objects,
                ),
                job.progress,
            )
        )


if __name__ == "__main__":
    main()
