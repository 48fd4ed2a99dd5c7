"""Where identifying values hide: nested sequences and private blocks."""

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from pipeline.simulate.plan import Instance, Study


def add_request(header: Dataset, study: Study) -> None:
    """Add what the order system wrote: names and free text up to three sequences deep."""
    context = _code("121432", "DCM", "Person present")
    context.ValueType = "PNAME"
    context.PersonName = f"{study.person.family}^{study.person.given}"
    context.TextValue = f"room booked for {study.person.relative}"
    protocol = _code("US-7", "99LOCAL", f"{study.anatomy.name} for {study.person.family}"[:64])
    protocol.ProtocolContextSequence = Sequence([context])
    request = Dataset()
    request.ScheduledProcedureStepDescription = f"scan of {study.person.given}"
    request.RequestedProcedureID = f"RP{study.accession[3:]}"
    request.ScheduledProcedureStepID = f"SPS{study.accession[3:]}"
    request.ReasonForTheRequestedProcedure = f"question of {study.requester.split('^')[0]}"
    request.ScheduledProtocolCodeSequence = Sequence([protocol])
    header.RequestAttributesSequence = Sequence([request])
    earlier = Dataset()
    earlier.ReferencedSOPClassUID = "1.2.840.10008.3.1.2.3.1"
    earlier.ReferencedSOPInstanceUID = study.previous_uid
    header.ReferencedStudySequence = Sequence([earlier])
    view = _code("399067008", "SCT", "Lateral projection")
    view.ViewModifierCodeSequence = Sequence(
        [_code("US-M", "99LOCAL", f"as asked by {study.operator.split('^')[0]}")]
    )
    header.ViewCodeSequence = Sequence([view])


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue = value
    item.CodingSchemeDesignator = scheme
    item.CodeMeaning = meaning
    return item


def add_private_blocks(header: Dataset, instance: Instance) -> None:
    """Add two private blocks (PS3.5 7.8.1), one with a sequence that holds a block of its own."""
    study = instance.study
    creator = study.machine.private_creator
    block = header.private_block(0x0019, creator, create=True)
    block.add_new(0x01, "LO", f"{study.person.family}/{study.person.given}"[:64])
    block.add_new(0x02, "PN", study.person.dicom_name)
    block.add_new(0x03, "DA", study.person.birth_date)
    block.add_new(0x04, "DS", f"{study.depth_cm:.1f}")
    inner = Dataset()
    inner_block = inner.private_block(0x0021, creator, create=True)
    inner_block.add_new(0x01, "LO", f"export {study.person.patient_id}")
    inner_block.add_new(0x02, "UI", study.uid)
    outer = Dataset()
    outer_block = outer.private_block(0x0021, creator, create=True)
    outer_block.add_new(0x10, "SQ", Sequence([inner]))
    outer_block.add_new(0x11, "ST", f"worklist of {study.operator.split('^')[0]}")
    block.add_new(0x20, "SQ", Sequence([outer]))
    notes = header.private_block(0x0029, f"{creator} NOTES", create=True)
    notes.add_new(0x01, "UT", f"phoned {study.person.relative} on {study.person.relative_phone}")
