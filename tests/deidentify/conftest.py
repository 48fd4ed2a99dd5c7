from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import NamedTuple

import pytest

from pipeline.deidentify.audit.check import audit
from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.outputs import Outputs
from pipeline.deidentify.audit.pixel_text import TextCheck
from pipeline.deidentify.audit.sources import Names
from pipeline.deidentify.clean import Outputs as CleanOutputs
from pipeline.deidentify.clean import clean_part
from pipeline.deidentify.collect import collect
from pipeline.deidentify.params import DeidentifyParams
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.ingest.scan import scan_archive
from pipeline.io.keys import new_uid, pseudonym
from tests.deidentify.settings import KEY, PARAMS
from tests.dicom_files import write_archive
from tests.ingest.settings import PARAMS as INGEST
from tests.ingest.settings import scan_outputs


class Study(NamedTuple):
    """Where a small study's archive and artifacts are."""

    raw: Path
    out: Path
    key: bytes = KEY

    @property
    def parts(self) -> list[Path]:
        return [self.out / f"part-{number}.tar" for number in range(PARAMS.partitions)]

    @property
    def tables(self) -> list[Path]:
        return [self.out / f"part-{number}.parquet" for number in range(PARAMS.partitions)]

    @property
    def rejections(self) -> list[Path]:
        return [self.out / f"rejected-{number}.parquet" for number in range(PARAMS.partitions)]

    @property
    def ledgers(self) -> list[Path]:
        return [self.out / f"ledger-{number}.parquet" for number in range(PARAMS.partitions)]

    @property
    def reviews(self) -> list[Path]:
        return [self.out / f"review-{number}.parquet" for number in range(PARAMS.partitions)]

    @property
    def objects(self) -> list[Path]:
        return [self.out / f"objects-{number}.tar" for number in range(PARAMS.partitions)]

    def scan(self) -> None:
        outputs, resume = scan_outputs(self.out), self.out / "resume"
        scan_archive(INGEST, self.key, PARAMS.partitions, self.raw, (), outputs, resume)

    def clean(self, params: DeidentifyParams = PARAMS) -> list[dict[str, float]]:
        paths = zip(
            self.parts,
            self.tables,
            self.rejections,
            self.ledgers,
            self.reviews,
            self.objects,
            strict=True,
        )
        instances, resume = self.out / "instances.parquet", self.out / "resume-part"
        counts = []
        for number, six in enumerate(paths):
            outputs = CleanOutputs(*six)
            counts.append(
                clean_part(params, self.key, number, self.raw, instances, outputs, resume)
            )
            rmtree(resume)
        return counts

    def collect(self) -> dict[str, float]:
        parts = self.tables, self.rejections, self.ledgers, self.reviews
        names = ("frames", "rejected", "ledger", "review")
        joined = [self.out / f"{name}.parquet" for name in names]
        return collect(self.key, self.out / "instances.parquet", *parts, *joined)

    def audit(
        self,
        text: Callable[[Harvest], TextCheck] | None = None,
        profile: ProfileOptions = PARAMS.profile,
        workers: int = 1,
        **more: Sequence[Path],
    ) -> dict[str, float]:
        names = ("instances", "quarantine", "regions", "rejected", "ledger", "review")
        tables = [self.out / f"{name}.parquet" for name in names]
        given = {"objects": self.objects} | more
        outputs = Outputs(tables, self.out / "frames.parquet", self.parts, **given)
        keyed = Names(
            partial(new_uid, self.key), partial(pseudonym, self.key, "instance"), self.key
        )
        report = self.out / "audit.json"
        return audit(self.raw, outputs, report, profile, keyed, text, workers=workers)


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
