"""De-identify one instance: its header by the profile, its pixels by sector and text."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.uid import UID

from pipeline.deidentify.export.writer import write_cleaned
from pipeline.deidentify.params import CleanParams
from pipeline.deidentify.pixels.instance import (
    CleanFrame,
    InstancePixels,
    Shape,
    alike,
    pixels_digest,
)
from pipeline.deidentify.pixels.review import review_sector, review_text
from pipeline.deidentify.profile.dataset import clean_dataset
from pipeline.deidentify.profile.elements import MANY
from pipeline.deidentify.profile.seal import pixel_check, seal_pixels
from pipeline.deidentify.profile.statements import state_clean_pixels
from pipeline.deidentify.tables import METHOD, TOOL_VERSION
from pipeline.io.dicom import decoder_name, decoder_version, frames_of
from pipeline.io.hashing import canonical_json, sha256_bytes, sha256_stream
from pipeline.io.images import encode_png
from pipeline.io.keys import key_id
from pipeline.io.part10 import open_dicom
from pipeline.io.pixel_file import PixelFile, open_pixels
from pipeline.io.regions import read_geometry
from pipeline.io.shards import ShardWriter, all_or_none, spool
from pipeline.io.sources import Source
from pipeline.io.unusable import UnusableError

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

    def __init__(self, params: CleanParams, key: bytes, writers: Writers, shard: str) -> None:
        self._params, self._key = params, key
        self._writers, self._shard = writers, shard

    def clean(self, source: Source, row: Any, check: Callable[[], None]) -> Written:
        """Write everything of one instance, all or nothing; return its rows.

        `check` is called when all has been read and nothing written, and raises UnusableError when
        the file is no longer the one that was to be cleaned: then half of it was another's.
        Raises UnusableError, with its reason, when it cannot be cleaned in full.
        """
        if row.instance in self._params.exclude:
            raise UnusableError("excluded")
        try:
            with open_dicom(source) as handle, open_pixels(handle, whole=True) as opened:
                return self._clean(opened, row, check)
        except UnusableError:
            raise
        except Exception as error:  # its text may quote the file
            raise UnusableError("decode_failed", type(error).__name__) from None

    def _clean(self, opened: PixelFile, row: Any, check: Callable[[], None]) -> Written:
        header = opened.before
        # Of a copy: what is asked of a data set, it parses, and the profile takes bytes.
        geometry = read_geometry(Dataset(dict(header.items())))
        shape = Shape(row.frames, row.rows, row.columns)
        is_own = pixel_check(header, self._key)
        decode = partial(frames_of, opened)
        pixels = InstancePixels(decode, shape, geometry.boxes, self._params, is_own)
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
        # Both the frames and the object are written from them; a long cine is cleaned twice.
        cleaned = list(pixels) if shape.is_short else pixels
        review = list(review_sector(row.instance, pixels.sector))
        with all_or_none(self._writers.frames, self._writers.folder) as draft:
            frames, texts = self._write_frames(draft, cleaned, common)
            tally, digest = self._export(header, frames, cleaned, check)
        return Written(frames, self._ledger_row(row, frames, tally, digest), review + texts)

    def _write_frames(
        self, draft: ShardWriter, cleaned: Iterable[CleanFrame], common: Row
    ) -> tuple[list[Row], list[Row]]:
        frames: list[Row] = []
        review: list[Row] = []
        for index, frame in enumerate(cleaned):
            columns = common | _frame_columns(common["instance"], index, frame)
            draft.add(columns["frame"], {"png": encode_png(frame.image)})
            frames.append(columns)
            review += review_text(common["instance"], index, frame.text)
        return frames, review

    def _export(
        self,
        header: Dataset,
        rows: list[Row],
        frames: Iterable[CleanFrame],
        check: Callable[[], None],
    ) -> tuple[Counter[str], str | None]:
        """Write the instance as DICOM, if the study does; return its actions and its digest."""
        tally: Counter[str] = Counter()
        if self._writers.objects is None:
            check()
            return tally, None
        patient = rows[0]["patient"]
        cleaned = clean_dataset(header, self._key, patient, self._params.profile, tally)
        state_clean_pixels(cleaned)
        seal_pixels(cleaned, _pixels_sha256(rows), self._key)
        coloured = any(row["channels"] == 3 for row in rows)
        images = alike((frame.image for frame in frames), coloured)
        syntax = UID(rows[0]["transfer_syntax"])
        # In memory, or nameless, and it holds nothing but what was cleaned.
        with spool(self._writers.folder) as written:
            write_cleaned(written, cleaned, syntax, images, encoding=self._params.export_encoding)
            size = written.tell()
            written.seek(0)
            digest = sha256_stream(written)
            written.seek(0)
            check()
            self._writers.objects.add_file(f"{cleaned.SOPInstanceUID}.dcm", written, size)
        return tally, digest

    def rejected_row(self, row: Any, fault: UnusableError) -> Row:
        """Return the ledger's row of an instance of which nothing was written."""
        return self._who(row) | {"reason": fault.reason, "detail": fault.detail, "frames": 0}

    def _who(self, row: Any) -> Row:
        return {
            "instance": row.instance,
            "patient": row.patient,
            "study": row.study,
            "method": METHOD,
            "tool_version": TOOL_VERSION,
            "key_id": key_id(self._key),
        }

    def _ledger_row(
        self, row: Any, frames: list[Row], tally: Counter[str], digest: str | None
    ) -> Row:
        return self._who(row) | {
            "reason": "",
            "detail": "",
            "frames": len(frames),
            "decoder": frames[0]["decoder"],
            "decoder_version": decoder_version(row.transfer_syntax),
            "sector_basis": frames[0]["sector_basis"],
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
    return {_named(counted): times for counted, times in tally.items()}


@lru_cache(maxsize=MANY)
def _named(counted: str) -> str:
    tag, _, action = counted.partition(":")
    return f"{keyword_for_tag(int(tag, 16)) or tag}:{action}"


def _frame_columns(instance: str, index: int, frame: CleanFrame) -> Row:
    image = frame.image
    return {
        "frame": f"{instance}_{index:04d}",
        "frame_index": index,
        "height": image.shape[0],
        "width": image.shape[1],
        "channels": 1 if image.ndim == 2 else image.shape[2],
        "pixels_sha256": sha256_bytes(image.reshape(-1).data),
        "blanked_share": frame.blanked_share,
        "text_boxes": len(frame.text),
    }
