"""What every job does around its one function: read the command line, keep the record.

A step is a module with a `main` like this:

    def main() -> None:
        with Job.from_command_line() as job:
            params = job.section(ShardParams)
            counts = build_shards(params, job.seed, frames=job.input("frames"), ...)
            job.log_metrics(counts)

On leaving the block without an error, the job's provenance record is written (the output named
`provenance`) and mirrored to MLflow. On an error nothing is recorded.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from pydantic import BaseModel

from pipeline.closure import source_files
from pipeline.errors import StudyError
from pipeline.io.atomic import write_text
from pipeline.io.hashing import sha256_file
from pipeline.provenance import Record, digests, write_record

Section = TypeVar("Section", bound=BaseModel)

# Where a folder or a secret lies on this machine is no part of a result: never recorded.
LOCAL_KEYS = ("key_file", "path", "catalogue", "exclude_file")


def _pairs(items: list[list[str]]) -> dict[str, tuple[Path, ...]]:
    return {name: tuple(Path(part) for part in paths) for name, *paths in items}


def without_local(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return params without those that only say where things lie on this machine."""
    kept: dict[str, Any] = {}
    for key, value in values.items():
        if key.split(".")[0] == "local" or key.split(".")[-1] in LOCAL_KEYS:
            continue
        kept[key] = without_local(value) if isinstance(value, Mapping) else value
    return kept


class Job:
    """One run of one step: its params, its named inputs and outputs, its metrics."""

    def __init__(
        self,
        module: str,
        phase: str,
        name: str,
        params: Mapping[str, Any],
        inputs: Mapping[str, tuple[Path, ...]],
        outputs: Mapping[str, tuple[Path, ...]],
        benchmark: Path | None = None,
    ) -> None:
        self.module, self.phase, self.name = module, phase, name
        self._params, self._inputs, self._outputs = dict(params), dict(inputs), dict(outputs)
        self._benchmark = benchmark
        self._metrics: dict[str, float] = {}
        self._started = time.time()
        self._code = {path: sha256_file(Path(path)) for path in source_files(module)}

    @classmethod
    def from_command_line(cls, argv: list[str] | None = None) -> Self:
        """Read `--job --params --input NAME PATH... --output NAME PATH... --benchmark PATH`."""
        module = getattr(sys.modules["__main__"].__spec__, "name", "")
        parser = argparse.ArgumentParser(prog=f"python -m {module}")
        parser.add_argument("--job", required=True, help="the job's name: its phase and wildcards")
        parser.add_argument("--params", required=True, help="JSON object of the params it reads")
        parser.add_argument("--input", nargs="+", action="append", default=[], metavar="NAME PATH")
        parser.add_argument("--output", nargs="+", action="append", default=[], metavar="NAME PATH")
        parser.add_argument("--benchmark", type=Path, help="where to write time and memory used")
        args = parser.parse_args(argv)
        return cls(
            module,
            module.split(".")[1],
            args.job,
            json.loads(args.params),
            _pairs(args.input),
            _pairs(args.output),
            args.benchmark,
        )

    @property
    def seed(self) -> int:
        """The study's one seed."""
        return int(self._params["study.seed"])

    def value(self, key: str) -> Any:
        """Return a single value by its dotted key, such as `pretrain.arch` or `local.raw`."""
        return self._params[key]

    def section(self, model: type[Section]) -> Section:
        """Return this phase's own section of the params, typed."""
        return model.model_validate(self._params[self.phase])

    def inputs(self, name: str) -> tuple[Path, ...]:
        """Return all paths of a named input, in the workflow's order; none if it has none here."""
        return self._inputs.get(name, ())

    def input(self, name: str) -> Path:
        """Return the path of a named input that is one file."""
        (path,) = self.inputs(name)
        return path

    def outputs(self, name: str) -> tuple[Path, ...]:
        """Return all paths of a named output, in the workflow's order; none if it has none here."""
        return self._outputs.get(name, ())

    def output(self, name: str) -> Path:
        """Return the path of a named output that is one file."""
        (path,) = self._outputs[name]
        return path

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        """Keep summary numbers for the record and the MLflow run."""
        self._metrics.update({name: float(value) for name, value in metrics.items()})

    def progress(self, text: str) -> None:
        """Print one progress line, marked with the job's name."""
        print(f"[{self.name}] {text}", file=sys.stderr, flush=True)

    def record(self) -> Record:
        """Return the provenance of what was done; every output must exist.

        The first named output is the artifact by which the job is found.
        """
        produced = {name: paths for name, paths in self._outputs.items() if name != "provenance"}
        return Record(
            phase=self.phase,
            job=self.name,
            module=self.module,
            params=without_local(self._params),
            code=self._code,
            inputs=digests([path for paths in self._inputs.values() for path in paths]),
            outputs=digests([path for paths in produced.values() for path in paths]),
            artifact=next(iter(produced.values()))[0].as_posix(),
            metrics=self._metrics,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, StudyError):
            print(f"[{self.name}] error: {error}", file=sys.stderr, flush=True)
            raise SystemExit(1) from None
        if kind is not None:
            return
        record = self.record()
        self._mirror(record)
        self._write_benchmark()
        write_record(record, self.output("provenance"))

    def _mirror(self, record: Record) -> None:
        """Log the MLflow run when the workflow says where; a step run by hand logs nothing."""
        uri, study = os.environ.get("INSONATE_TRACKING"), os.environ.get("INSONATE_STUDY")
        if uri and study:
            from pipeline.tracking import log_run  # 3 s of imports that tests of steps need not pay

            log_run(uri, study, record, self._started, time.time())

    def _write_benchmark(self) -> None:
        """Write what Snakemake's own benchmark would: it cannot see into a warm process."""
        if self._benchmark is None:
            return
        usage = resource.getrusage(resource.RUSAGE_SELF)
        wall, cpu = time.time() - self._started, usage.ru_utime + usage.ru_stime
        kib = usage.ru_maxrss if sys.platform == "linux" else usage.ru_maxrss / 1024
        row = f"{wall:.2f}\t{cpu:.2f}\t{kib / 1024:.1f}\n"
        write_text(self._benchmark, "seconds\tcpu_seconds\tmax_rss_mib\n" + row)
