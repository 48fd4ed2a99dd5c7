"""What became of every file, against the archive that the test makes."""

import json
from pathlib import Path

from pipeline.deidentify.cases import Cases
from pipeline.deidentify.fates import Copy, copies, fates
from pipeline.deidentify.tables import FRAMES, LEDGER
from pipeline.io.keys import pseudonym
from pipeline.io.tables import read_rows, read_table
from tests.deidentify import chain
from tests.deidentify.conftest import Study
from tests.deidentify.settings import KEY
from tests.dicom_files import screens, us_object, write_object


def named(name: bytes) -> str:
    return pseudonym(KEY, "instance", name)


def test_a_copy_is_told_with_what_it_repeats(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    write_object(raw / "a", us_object(screens(1, seed=1)))
    write_object(raw / "c", us_object(screens(1, seed=2)))  # the same UID, other pixels
    write_object(raw / "e", us_object(screens(1, seed=3), uid="1.2.9"))
    for copy, of in (("b", "a"), ("d", "c")):
        (raw / copy).write_bytes((raw / of).read_bytes())
    chain.save(raw, "note.txt", b"no image")
    study = Study(raw, tmp_path / "out")
    study.out.mkdir()
    study.scan()
    found = copies(study.out / "quarantine.parquet")
    assert sorted(found) == sorted(
        [
            Copy(named(b"b"), "duplicate", named(b"a")),
            Copy(named(b"c"), "duplicate_uid", named(b"a")),
            Copy(named(b"d"), "duplicate", named(b"c"), "duplicate_uid"),
        ]
    )


def test_fates_add_up_and_every_reason_has_words(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    write_object(raw / "a", us_object(screens(3, seed=1)))
    write_object(raw / "b", us_object(screens(1, seed=2), uid="1.2.9"))
    write_object(raw / "c", us_object(0 * screens(1, seed=3), uid="1.2.10"))  # no sector
    chain.save(raw, "note.txt", b"no image")
    study = chain.run(raw, tmp_path / "out")
    cases = Cases(lambda: read_rows(study.out / "ledger.parquet", LEDGER))
    told = fates(json.loads((study.out / "counts.json").read_text()), cases)
    numbers = {fate.name: fate.files for fate in told}
    frames = read_table(study.out / "frames.parquet", FRAMES)
    aside = [fate for fate in told if fate.name.startswith(("not taken", "refused"))]
    assert numbers["refused while cleaning: no_sector"] == 1
    assert numbers["files found"] == sum(fate.files for fate in aside) + 2 == 4
    assert all(fate.meaning for fate in aside)
    assert numbers["de-identified"] == frames.instance.nunique()
    assert numbers["frames in them"] == len(frames)
    assert numbers["patients in them"] == frames.patient.nunique()
