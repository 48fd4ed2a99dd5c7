"""The params that the tests of de-identification start from."""

from pipeline.deidentify.params import AuditParams, DeidentifyParams
from tests.deidentify.profile_options import profile_options

KEY = bytes(range(32))
PARAMS = DeidentifyParams(
    key_file="",
    partitions=2,
    batch_instances=2,
    exclude=[],
    sector_threshold=12,
    sector_frames=2,
    text_window=4,
    export_dicom=True,
    export_encoding="native",
    profile=profile_options(retain_patient_characteristics=True, longitudinal="modified"),
    audit=AuditParams(workers=1, instances=1, every=8, confidence=0.5),
)
