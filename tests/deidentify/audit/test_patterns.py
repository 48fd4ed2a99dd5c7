import pytest

from pipeline.deidentify.audit.patterns import looks_like


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to jo.smith@clinic.org", "e_mail"),
        ("Tel. 030 4505 1234", "telephone"), ("+49 30 450512345", "telephone"),
        ("(617) 555 0123", "telephone"), ("617-555-0123", "telephone"),
        ("MRN: 0012345", "record_number"), ("Patient ID 12345", "record_number"),
        ("DOB 03051962", "record_number"), ("acc no A12345", "record_number"),
        ("Smith, John 03.05.1962", "date_with_name"), ("John Smith 1962-05-03", "date_with_name"),
        ("Doe^Jane", "person_name"), ("Иванова^Мария", "person_name"),
    ],
)  # fmt: skip
def test_what_looks_like_somebodys_is_found(text: str, kind: str) -> None:
    assert looks_like(text)[kind] == 1


@pytest.mark.parametrize(
    "text",
    [
        "", "ok", "TTE FOLLOW UP", "1.2.840.10008.1.2.4.50", "2.25.318735987598437", "0.123-4",
        "50 of 400 instances, 800 frames", "ab" * 32, "ORIGINAL\\PRIMARY", "YBR_FULL_422",
        "[deidentify/clean 3] 100 of 200", "0.0510497055947780", "png", "frame_index",
        "Insonate: PS3.15 Basic Profile, edition 2026d, and allow-list",
    ],
)  # fmt: skip
def test_ordinary_texts_look_like_nobodys(text: str) -> None:
    assert not looks_like(text)
