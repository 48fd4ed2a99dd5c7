import itertools

from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.profile.vocabulary import clean_text, words_of
from pipeline.deidentify.profile.words import VOCABULARY
from tests.deidentify.profile.descriptions import DESCRIPTIONS, NAMES

NOBODY: frozenset[str] = frozenset()
# {name}, {given}: two people's names; {text}: a description. Several put a name where the words
# around it could make it part of a phrase.
FORMS = (
    "{text} Dr {name}",
    "{text} Dr. {name}",
    "{name}: {text}",
    "{text}^{name}",
    "{text}, 55F {name}-{given} 19620503",
    "{name}^{given}, {text}",
    "{text} ({name}, {given})",
    "{text}_{name}_{given}_1962-05-03",
    "{text} ref. by Prof. {name}",
    "MRN 0012345 {name} {given}; {text}",
    "{text} for Mrs {name}",
    "{text} O'{name}",
    "{text} {name}",
)
# Of what descriptions say, these are no terms: they join others or count.
JOINTS = frozenset(["AND", "WITH", "W", "THAN"])


def vocabulary() -> list[str]:
    lines = VOCABULARY.read_text(encoding="ascii").splitlines()
    return [line for line in lines if not line.startswith("#")]


def terms(text: str) -> list[str]:
    return [word for word in words_of(text) if word not in JOINTS and not word.isdigit()]


def test_a_name_in_a_description_changes_nothing_of_what_is_kept() -> None:
    texts, others = itertools.cycle(DESCRIPTIONS), itertools.cycle(NAMES[::-1])
    strings = 0
    for name, form in itertools.product(NAMES, FORMS):
        text = next(texts)
        written = form.format(text=text, name=name, given=next(others))
        assert clean_text(written, NOBODY) == clean_text(text, NOBODY), written
        strings += 1
    assert strings >= 1000


def test_what_people_write_of_an_exam_is_kept() -> None:
    written = [word for text in DESCRIPTIONS for word in terms(text)]
    kept = [word for text in DESCRIPTIONS for word in terms(clean_text(text, NOBODY))]
    assert len(kept) >= 0.95 * len(written)


def test_every_phrase_of_the_vocabulary_is_kept() -> None:
    for phrase in vocabulary():
        assert clean_text(phrase, NOBODY) == phrase


def test_a_word_that_is_this_patients_name_is_dropped() -> None:
    assert clean_text("Liver scan of Anna Liver", frozenset({"LIVER", "ANNA"})) == "SCAN"


def test_a_word_after_a_title_is_a_name() -> None:
    assert clean_text("Echo by Dr. Brain", NOBODY) == "ECHO"
    assert clean_text("DR LONG AXIS VIEW", NOBODY) == "VIEW"


def test_no_phrase_reaches_over_the_sign_that_ends_a_name() -> None:
    assert clean_text("Long, axis deviation", NOBODY) == ""
    assert clean_text("Doe^Short axis", NOBODY) == "SHORT AXIS"


def test_descriptions_as_people_write_them() -> None:
    assert clean_text("TTE FOLLOW UP 2019 Dr Smith", NOBODY) == "TTE FOLLOW UP"
    assert clean_text("US abdomen pelvis - 55F Dr. Smith", NOBODY) == "US ABDOMEN PELVIS"


@given(st.text(max_size=80))
def test_only_the_vocabularys_words_leave(text: str) -> None:
    known = {word for line in vocabulary() for word in line.split()}
    assert set(words_of(clean_text(text, NOBODY))) <= known


@given(st.lists(st.sampled_from([*sorted(set(" ".join(vocabulary()).split())), ",", "^"])))
def test_cleaning_again_changes_nothing(words: list[str]) -> None:
    once = clean_text(" ".join(words), NOBODY)
    assert clean_text(once, NOBODY) == once


def test_no_phrase_is_a_single_family_name() -> None:
    assert not set(vocabulary()) & {name.upper() for name in NAMES}
