from collections import Counter

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from pipeline.deidentify.profile.dataset import clean_dataset
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.io.keys import new_uid
from tests.deidentify.profile_options import profile_options
from tests.dicom_files import us_object

KEY, PATIENT, INSTANCE = bytes(range(32)), "ab" * 16, "1.2.3.4.5.6"


def reference() -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = (
        "1.2.840.10008.5.1.4.1.1.6.1",
        INSTANCE,
    )
    return item


def referring(keyword: str) -> Dataset:
    """Return an object that lists an instance, and refers to it in a sequence."""
    series = Dataset()
    series.SeriesInstanceUID = "1.2.3.4.5"
    series.ReferencedInstanceSequence = Sequence([reference()])
    header = us_object(ReferencedSeriesSequence=Sequence([series]))
    if keyword:
        setattr(header, keyword, Sequence([reference()]))
    return header


def cleaned(source: Dataset, options: ProfileOptions) -> tuple[Dataset, Counter[str]]:
    tally: Counter[str] = Counter()
    return clean_dataset(source, KEY, PATIENT, options, tally), tally


@pytest.mark.parametrize("keyword", ["", "ReferencedImageSequence", "SourceImageSequence"])
def test_a_list_of_instances_goes_with_the_last_reference(keyword: str) -> None:
    kept, tally = cleaned(referring(keyword), profile_options())
    assert "ReferencedSeriesSequence" not in kept
    assert tally["00081115:X"] == 1
    assert "00081115:K" not in tally


def test_a_list_of_instances_stays_with_a_reference() -> None:
    kept, _ = cleaned(referring("ReferencedImageSequence"), profile_options(retain_uids=True))
    assert kept.ReferencedImageSequence[0].ReferencedSOPInstanceUID == INSTANCE
    assert "ReferencedSeriesSequence" in kept


def test_a_nested_reference_counts_and_is_the_same_instance() -> None:
    source = referring("")
    region = source.SequenceOfUltrasoundRegions[0]
    region.ReferencedInstanceSequence = Sequence([reference()])
    kept, _ = cleaned(source, profile_options())
    listed = kept.ReferencedSeriesSequence[0].ReferencedInstanceSequence[0]
    nested = kept.SequenceOfUltrasoundRegions[0].ReferencedInstanceSequence[0]
    assert listed.ReferencedSOPInstanceUID == nested.ReferencedSOPInstanceUID
    assert listed.ReferencedSOPInstanceUID == new_uid(KEY, INSTANCE)
