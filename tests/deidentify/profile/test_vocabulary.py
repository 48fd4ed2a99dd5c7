import itertools

from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.profile.vocabulary import VOCABULARY, clean_text, words_of

NOBODY: frozenset[str] = frozenset()
# Frequent family and given names of several languages, some of which are also words.
NAMES_TEXT = """
Smith Johnson Williams Brown Jones Garcia Miller Davis Martinez Lopez Wilson Anderson Thomas Taylor
Moore Jackson Martin Lee Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright
Scott Hill Green Adams Baker Hall Long Short Head Hand Foote Chambers Post Still Rest Low High Small
Power Stone Wood Fox Bell Park Love Day Knight Bishop Pope Nurse Doctor Mueller Schmidt Schneider
Fischer Weber Meyer Wagner Becker Hoffmann Koch Richter Klein Wolf Neumann Braun Lang Kurz Gross
Rossi Russo Ferrari Bianchi Silva Santos Oliveira Pereira Nguyen Tran Pham Kim Park Choi Wang Li
Zhang Chen Yang Tanaka Suzuki Sato Ivanov Novak Kowalski Jansen Visser Smit Bakker Singh Kumar Patel
Khan Ali Ahmed Hassan Cohen Levi Mary John Anna Peter Maria Rose Grace Hope Faith Dawn April June
"""
NAMES = NAMES_TEXT.split()
FORMS = (
    "{text} Dr {name}",
    "{name}: {text}",
    "{text}^{name}",
    "{text}, 55F {name}-{name} 19620503",
)


def vocabulary() -> list[str]:
    lines = VOCABULARY.read_text(encoding="ascii").splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_every_name_is_dropped_and_every_phrase_kept() -> None:
    phrases = itertools.cycle(vocabulary())
    strings = [
        (phrase, name, form.format(text=phrase, name=name))
        for name, form, phrase in zip(
            NAMES * 8, itertools.cycle(FORMS + FORMS[1:]), phrases, strict=False
        )
    ]
    assert len(strings) > 1000
    for phrase, name, text in strings:
        cleaned = clean_text(text, NOBODY)
        assert name.upper() not in cleaned.split() or name.upper() in phrase.split()
        assert not any(character.isdigit() for character in cleaned.replace(phrase, ""))
        assert phrase in cleaned


def test_a_word_that_is_this_patients_name_is_dropped() -> None:
    assert clean_text("Liver scan of Anna Liver", frozenset({"LIVER", "ANNA"})) == "SCAN"


def test_descriptions_as_people_write_them() -> None:
    assert clean_text("TTE FOLLOW UP 2019 Dr Smith", NOBODY) == "TTE FOLLOW UP"
    assert clean_text("US abdomen pelvis - 55F Dr. Smith", NOBODY) == "US ABDOMEN PELVIS"


@given(st.text(max_size=80))
def test_only_the_vocabularys_words_leave(text: str) -> None:
    known = {word for line in vocabulary() for word in line.split()}
    assert set(words_of(clean_text(text, NOBODY))) <= known


def test_no_phrase_is_a_single_family_name() -> None:
    assert not set(vocabulary()) & {name.upper() for name in NAMES}
