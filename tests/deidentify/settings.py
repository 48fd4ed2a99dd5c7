"""The params that the tests of de-identification start from."""

from pipeline.deidentify.params import AuditParams, DeidentifyParams
from pipeline.deidentify.profile.options import ProfileOptions

KEY = bytes(range(32))
PARAMS = DeidentifyParams(
    key_file="",
    partitions=2,
    exclude=[],
    sector_threshold=12,
    sector_frames=2,
    text_window=4,
    export_dicom=True,
    export_encoding="native",
    profile=ProfileOptions(
        retain_uids=False,
        retain_device_identity=False,
        retain_institution_identity=False,
        retain_patient_characteristics=True,
        longitudinal="modified",
        date_shift_days=1825,
        clean_descriptors=False,
        clean_structured_content=False,
        clean_graphics=False,
        retain_safe_private=False,
    ),
    audit=AuditParams(instances=1, every=8, confidence=0.5),
)
