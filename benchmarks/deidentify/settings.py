"""The params that are measured: those of `params.yaml`, with a key that everybody knows."""

import yaml

from benchmarks.deidentify.children import ROOT
from pipeline.deidentify.params import DeidentifyParams
from pipeline.ingest.params import IngestParams

_SECTIONS = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
KEY = bytes(range(32))
INGEST = IngestParams(**_SECTIONS["ingest"])
DEIDENTIFY = DeidentifyParams(**_SECTIONS["deidentify"])
