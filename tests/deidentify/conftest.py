from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.deidentify.audit import Names, Outputs, audit
from pipeline.deidentify.audit_text import TextCheck
from pipeline.deidentify.clean import clean_part
from pipeline.deidentify.collect import collect
from pipeline.deidentify.harvest import Harvest
from pipeline.deidentify.params import DeidentifyParams
from pipeline.ingest.scan import scan_archive
from pipeline.io.keys import new_uid, pseudonym
from tests.dicom_files import write_archive
from tests.ingest.settings import PARAMS as INGEST

KEY = bytes(range(32))
PARAMS = DeidentifyParams(key_file="", partitions=2, sector_threshold=12, sector_frames=2)


class Study(NamedTuple):
    """Where a small study's archive and artifacts are."""

    raw: Path
    out: Path

    @property
    def parts(self) -> list[Path]:
        return [self.out / f"part-{number}.tar" for number in range(PARAMS.partitions)]

    @property
    def tables(self) -> list[Path]:
        return [self.out / f"part-{number}.parquet" for number in range(PARAMS.partitions)]

    @property
    def rejections(self) -> list[Path]:
        return [self.out / f"rejected-{number}.parquet" for number in range(PARAMS.partitions)]

    def scan(self) -> None:
        tables = self.out / "instances.parquet", self.out / "quarantine.parquet"
        counts, resume = self.out / "counts", self.out / "resume"
        scan_archive(INGEST, KEY, PARAMS.partitions, self.raw, (), *tables, counts, resume)

    def clean(self) -> list[dict[str, float]]:
        paths = zip(self.parts, self.tables, self.rejections, strict=True)
        instances = self.out / "instances.parquet"
        return [
            clean_part(PARAMS, KEY, number, self.raw, instances, *three)
            for number, three in enumerate(paths)
        ]

    def collect(self) -> dict[str, float]:
        frames, rejected = self.out / "frames.parquet", self.out / "rejected.parquet"
        instances = self.out / "instances.parquet"
        return collect(instances, self.tables, self.rejections, frames, rejected)

    def audit(
        self,
        text: Callable[[Harvest], TextCheck] | None = None,
        **more: Sequence[Path],
    ) -> dict[str, float]:
        names = ("instances.parquet", "quarantine.parquet", "rejected.parquet")
        tables = [self.out / name for name in names]
        outputs = Outputs(tables, self.out / "frames.parquet", self.parts, **more)
        keyed = Names(partial(new_uid, KEY), partial(pseudonym, KEY, "instance"))
        return audit(self.raw, outputs, self.out / "audit.json", names=keyed, text=text)


@pytest.fixture
def make_study(tmp_path: Path) -> Callable[[], Study]:
    def make() -> Study:
        study = Study(tmp_path / "raw", tmp_path / "out")
        write_archive(study.raw)
        study.scan()
        study.clean()
        study.collect()
        return study

    return make


@pytest.fixture
def study(make_study: Callable[[], Study]) -> Study:
    return make_study()
