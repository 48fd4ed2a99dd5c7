"""Every identifying string that the simulator plants, for the tests that look for leaks."""

from collections.abc import Iterator

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from pipeline.simulate.headers import make_header
from pipeline.simulate.params import SimulateParams
from pipeline.simulate.plan import plan_cohort
from pipeline.simulate.screen import banner_lines, layout

# Attributes whose values are technical or shared by many, hence no one's identity.
TECHNICAL = frozenset(
    {
        "SpecificCharacterSet",
        "SOPClassUID",
        "MediaStorageSOPClassUID",
        "TransferSyntaxUID",
        "ImplementationClassUID",
        "ImplementationVersionName",
        "ReferencedSOPClassUID",
        "ImageType",
        "Modality",
        "Manufacturer",
        "ManufacturerModelName",
        "SoftwareVersions",
        "ProtocolName",
        "TransducerType",
        "TypeOfPatientID",
        "CodeValue",
        "CodingSchemeDesignator",
        "ValueType",
        "BurnedInAnnotation",
    }
)
CODE_MEANINGS = frozenset({"Person present", "Lateral projection"})
TEXT_VRS = frozenset({"AE", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "UC", "UI", "UT"})
# Shorter strings would be found by accident.
SHORTEST = 6


def planted_phi(params: SimulateParams, seed: int) -> list[str]:
    """Return, sorted, every identifying string in the cohort's headers, pixels and paths."""
    found: set[str] = set()
    screen = layout(params)
    for instance in plan_cohort(params, seed):
        header = make_header(instance, screen)
        found.update(identifying_values(header.file_meta))
        found.update(identifying_values(header))
        found.update(banner_lines(instance.study))
        found.update(part for part in (*instance.path.parts, instance.path.stem))
        found.add(instance.study.dashed_date)
    return sorted(text for text in found if len(text) >= SHORTEST)


def identifying_values(dataset: Dataset) -> Iterator[str]:
    """Yield the identifying text values of a header at any depth; names also part by part."""
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from identifying_values(item)
        elif _identifies(element):
            values = element.value if element.VM > 1 else [element.value]
            for value in values:
                yield str(value)
                if element.VR == "PN":
                    yield from str(value).split("^")


def _identifies(element: DataElement) -> bool:
    if element.VR not in TEXT_VRS or element.keyword in TECHNICAL or element.tag.is_private_creator:
        return False
    return str(element.value) not in CODE_MEANINGS
