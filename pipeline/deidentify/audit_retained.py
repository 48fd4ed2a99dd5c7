"""Attributes that the options of the profile keep, so that finding their values proves nothing.

The audit's own list, of what ultrasound files hold. What is missing here is searched for and found:
the study stops, and nobody is harmed.
"""

from pipeline.deidentify.options import ProfileOptions

DEVICE = frozenset(
    {
        "DeviceSerialNumber", "DeviceUID", "GantryID", "StationName", "TransducerData",
        "PerformedStationName", "PerformedStationAETitle", "ScheduledStationName",
        "ScheduledStationAETitle", "StationAETitle", "DetectorID", "PlateID", "CassetteID",
        "SoftwareVersions", "UniqueDeviceIdentifier", "ManufacturerDeviceIdentifier",
        "DeviceDescription", "SourceSerialNumber", "TransducerIdentificationSequence",
    }
)  # fmt: skip
INSTITUTION = frozenset(
    {
        "InstitutionName", "InstitutionAddress", "InstitutionalDepartmentName",
        "InstitutionCodeSequence", "InstitutionalDepartmentTypeCodeSequence",
    }
)  # fmt: skip
CHARACTERISTICS = frozenset(
    {
        "EthnicGroup", "PatientSex", "PatientAge", "PatientSize", "PatientWeight", "SmokingStatus",
        "PregnancyStatus", "Allergies", "MedicalAlerts", "PreMedication", "SpecialNeeds",
        "PatientState",
    }
)  # fmt: skip
# With full dates all but the date of birth stay; it has its own attribute and no such option.
DATES = frozenset(
    {
        "StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate", "AcquisitionDateTime",
        "InstanceCreationDate", "PerformedProcedureStepStartDate", "PerformedProcedureStepEndDate",
        "ScheduledProcedureStepStartDate", "ScheduledProcedureStepEndDate", "OverlayDate",
        "CurveDate", "DateOfSecondaryCapture", "FrameAcquisitionDateTime", "AdmittingDate",
        "ContentCreationDateTime", "DateOfLastCalibration",
    }
)  # fmt: skip
UIDS = frozenset(
    {
        "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "MediaStorageSOPInstanceUID",
        "FrameOfReferenceUID", "SynchronizationFrameOfReferenceUID", "ReferencedSOPInstanceUID",
        "InstanceCreatorUID", "IrradiationEventUID", "DimensionOrganizationUID",
        "ConcatenationUID", "UID",
    }
)  # fmt: skip


def retained_keywords(options: ProfileOptions) -> frozenset[str]:
    """Return the keywords of the attributes that the chosen options keep as they are."""
    kept: frozenset[str] = frozenset()
    for chosen, keywords in (
        (options.retain_uids, UIDS),
        (options.retain_device_identity, DEVICE),
        (options.retain_institution_identity, INSTITUTION),
        (options.retain_patient_characteristics, CHARACTERISTICS),
        (options.longitudinal == "full", DATES),
    ):
        kept |= keywords if chosen else frozenset()
    return kept
