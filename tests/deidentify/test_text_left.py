"""Every word of text in exported objects is counted once for each object, at any depth."""

import tarfile
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from pipeline.deidentify.text_left import MOST_SHOWN, text_left, words_in
from tests.deidentify.chain import save
from tests.dicom_files import encode, us_object


def tar_of(folder: Path, number: int, headers: list[Dataset]) -> Path:
    path = folder / f"part-{number:04d}.tar"
    with tarfile.open(path, "w") as tar:
        for index, header in enumerate(headers):
            name = f"{number}.{index}.dcm"
            tar.add(save(folder, name, encode(header)), name)
    return path


def test_words_are_counted_by_object_at_any_depth(tmp_path: Path) -> None:
    item = Dataset()
    item.TextValue = "Left lobe, LEFT"
    digest = "0123456789abcdef" * 2
    nested = us_object(
        StudyDescription="Thyroid left", PatientID=digest, ContentSequence=Sequence([item])
    )
    tars = [
        tar_of(tmp_path, 0, [nested, us_object(StudyDescription="THYROID")]),
        tar_of(
            tmp_path, 1, [us_object(PatientName="M\u00fcller^Anna", StudyDescription="thyroid")]
        ),
    ]
    told = {one.name: dict(one.words) for one in text_left(tars, 2, lambda text: None)}
    assert told["StudyDescription"] == {"thyroid": 3, "left": 1}
    assert told["TextValue"] == {"left": 1, "lobe": 1}
    assert {"m\u00fcller", "anna"} <= told["PatientName"].keys()
    assert digest not in told["PatientID"]


def test_the_commonest_words_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    many = " ".join(f"w{number:03d}" for number in range(MOST_SHOWN + 7))
    tar = tar_of(
        tmp_path, 0, [us_object(StudyDescription=many), us_object(StudyDescription="w003")]
    )
    assert words_in(tar)["StudyDescription", "w003"] == 2
    (shown,) = (one for one in text_left([tar], 1, lambda text: None) if one.name[:6] == "StudyD")
    assert shown.words[0] == ("w003", 2)
    assert (len(shown.words), shown.more) == (MOST_SHOWN, 7)
