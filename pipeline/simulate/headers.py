"""The DICOM header of a simulated object: rich in identifying values, like a real one."""

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, UltrasoundImageStorage, UltrasoundMultiFrameImageStorage

from pipeline.simulate.nested import add_private_blocks, add_request
from pipeline.simulate.plan import Instance, Study
from pipeline.simulate.screen import Screen

IMPLEMENTATION_UID = UID("2.25.302150427586316914264226428853311874281")
IMPLEMENTATION_NAME = "INSONATE_SIM_1"


def make_header(instance: Instance, screen: Screen) -> Dataset:
    """Return all attributes of an object but its pixels (US IODs, PS3.3 A.6 and A.7)."""
    header = Dataset()
    header.file_meta = _file_meta(instance)
    header.SpecificCharacterSet = "ISO_IR 192"
    _add_patient(header, instance.study)
    _add_study(header, instance.study)
    _add_staff(header, instance.study)
    _add_machine(header, instance.study)
    _add_object(header, instance)
    add_request(header, instance.study)
    add_private_blocks(header, instance)
    if instance.study.machine.regions != "missing":
        header.SequenceOfUltrasoundRegions = Sequence([_region(instance.study, screen)])
    return header


def _file_meta(instance: Instance) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = _sop_class(instance)
    meta.MediaStorageSOPInstanceUID = instance.uid
    meta.TransferSyntaxUID = instance.study.machine.transfer_syntax
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    meta.ImplementationVersionName = IMPLEMENTATION_NAME
    meta.SourceApplicationEntityTitle = instance.study.hospital.application_entity
    return meta


def _sop_class(instance: Instance) -> UID:
    return UltrasoundImageStorage if instance.frames == 1 else UltrasoundMultiFrameImageStorage


def _add_patient(header: Dataset, study: Study) -> None:
    person = study.person
    header.PatientName = person.dicom_name
    header.PatientID = person.patient_id
    header.IssuerOfPatientID = study.hospital.issuer
    header.PatientBirthDate = person.birth_date
    header.PatientSex = person.sex
    header.PatientAge = f"{int(study.date[:4]) - int(person.birth_date[:4]):03d}Y"
    header.PatientBirthName = person.birth_name
    header.PatientMotherBirthName = person.mother_birth_name
    header.PatientAddress = person.address
    header.PatientTelephoneNumbers = person.phone
    header.Occupation = person.occupation
    header.AdditionalPatientHistory = f"seen with {person.relative}, call {person.relative_phone}"
    header.PatientComments = f"letter to {person.relative}, insured as {person.insurance_id}"
    other = Dataset()
    other.PatientID = person.insurance_id
    other.TypeOfPatientID = "TEXT"
    header.OtherPatientIDsSequence = Sequence([other])


def _add_study(header: Dataset, study: Study) -> None:
    header.StudyInstanceUID = study.uid
    header.SeriesInstanceUID = study.series_uid
    header.FrameOfReferenceUID = f"{study.series_uid}.1"
    header.StudyID = f"US{study.accession[3:9]}"
    header.AccessionNumber = study.accession
    header.StudyDescription = study.description[:64]
    header.SeriesDescription = f"{study.person.given} series {study.number}"
    header.SeriesNumber = study.number
    header.ProtocolName = study.anatomy.name
    for keyword in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"):
        setattr(header, keyword, study.date)
    for keyword in ("StudyTime", "SeriesTime", "AcquisitionTime", "ContentTime"):
        setattr(header, keyword, study.time)
    header.AcquisitionDateTime = f"{study.date}{study.time}"
    header.InstanceCreationDate = study.date
    header.InstanceCreationTime = study.time


def _add_staff(header: Dataset, study: Study) -> None:
    header.ReferringPhysicianName = study.referrer
    header.ReferringPhysicianTelephoneNumbers = study.referrer_phone
    header.PerformingPhysicianName = study.performer
    header.PhysiciansOfRecord = study.performer
    header.OperatorsName = study.operator
    header.RequestingPhysician = study.requester
    header.InstitutionName = study.hospital.name
    header.InstitutionAddress = study.hospital.address
    header.InstitutionalDepartmentName = study.hospital.department
    header.StationName = study.hospital.station


def _add_machine(header: Dataset, study: Study) -> None:
    header.Modality = "US"
    header.Manufacturer = study.machine.manufacturer
    header.ManufacturerModelName = study.machine.model
    header.SoftwareVersions = study.machine.software
    header.DeviceSerialNumber = study.serial_number
    kinds = {"linear": "LINEAR", "convex": "CURVED LINEAR", "phased": "SECTOR_PHASED"}
    header.TransducerType = kinds.get(study.anatomy.probe, "CURVED LINEAR")


def _add_object(header: Dataset, instance: Instance) -> None:
    header.SOPClassUID = _sop_class(instance)
    header.SOPInstanceUID = instance.uid
    header.InstanceNumber = instance.number
    header.ImageType = ["ORIGINAL", "PRIMARY", "", "0001"]
    header.ImageComments = f"{instance.study.person.family} {instance.study.dashed_date}"
    header.BurnedInAnnotation = "YES"
    if instance.frames > 1:
        header.NumberOfFrames = instance.frames
        header.FrameTime = "40"
        header.FrameIncrementPointer = 0x00181063
        header.CineRate = 25


def _region(study: Study, screen: Screen) -> Dataset:
    """Describe where the sector is and its scale (US Region Calibration, PS3.3 C.8.5.5)."""
    region = Dataset()
    region.RegionSpatialFormat = 1
    region.RegionDataType = 1
    region.RegionFlags = 2
    region.RegionLocationMinX0 = screen.left
    region.RegionLocationMinY0 = screen.top
    overhang = 6 + screen.width - screen.right if study.machine.regions == "overhanging" else 0
    region.RegionLocationMaxX1 = screen.right - 1 + overhang
    region.RegionLocationMaxY1 = screen.bottom - 1
    region.ReferencePixelX0 = (screen.right - screen.left) // 2
    region.ReferencePixelY0 = 0
    region.PhysicalUnitsXDirection = 3
    region.PhysicalUnitsYDirection = 3
    cm_per_pixel = study.depth_cm / (screen.bottom - screen.top)
    region.PhysicalDeltaX = cm_per_pixel
    region.PhysicalDeltaY = cm_per_pixel
    region.TransducerFrequency = round(study.frequency_mhz * 1000)
    return region
