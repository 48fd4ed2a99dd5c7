"""The Basic Application Level Confidentiality Profile of PS3.15 Annex E, for whole data sets."""

from collections import Counter
from collections.abc import Sequence

from pydicom.charset import default_encoding
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.tag import BaseTag

from pipeline.deidentify.profile import elements
from pipeline.deidentify.profile.attribute_types import resolve, type_of
from pipeline.deidentify.profile.codes import concept_of, write_concept
from pipeline.deidentify.profile.content import may_leave
from pipeline.deidentify.profile.dummies import dummy, dummy_sequence
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.profile.private import creator_of, private_rule
from pipeline.deidentify.profile.references import drop_idle_references
from pipeline.deidentify.profile.rules import PATIENT_TAGS, Rule, Treatment, rules_under
from pipeline.deidentify.profile.seal import is_sealed, seal_of, write_seals
from pipeline.deidentify.profile.statements import make_statements
from pipeline.deidentify.profile.treatments import Treatments

DEEPEST = 64
Element = DataElement | RawDataElement


def clean_dataset(
    source: Dataset, key: bytes, patient: str, options: ProfileOptions, tally: Counter[str]
) -> Dataset:
    """Return what may leave of a data set, with the statements that PS3.15 E.1.1 asks for.

    The result holds no pixel data, overlays, curves, command, file meta or directory elements, and
    is encoded in explicit VR little endian and UTF-8. `patient` is the pseudonym that becomes
    Patient ID and name. `tally` counts `GGGGEEEE:action`, where the action is a code of the
    table's, or `unreadable` for an element that pydicom cannot read, which is removed. A sequence
    that nests deeper than 64 is removed. Of the cleaner's own output under the same key, only the
    statement of methods changes.
    """
    sealed = is_sealed(source, key)
    treatments = Treatments(source, key, patient, options, sealed)
    cleaner = _Cleaner(treatments, options, tally)
    cleaned = cleaner.clean(source, 0, 0, [default_encoding])
    drop_idle_references(cleaned, tally)
    cleaned[elements.CHARACTER_SET] = elements.make(
        elements.CHARACTER_SET, "CS", elements.UTF8.encode()
    )
    for tag, vr in zip(PATIENT_TAGS, ("PN", "LO"), strict=True):
        if not sealed:
            cleaned[tag] = elements.make(tag, vr, patient.encode())
    make_statements(cleaned, source, options)
    write_seals(cleaned, [seal_of(cleaned, key)])
    return cleaned


class _Cleaner:
    """Walks the data sets of one object."""

    def __init__(
        self, treatments: Treatments, options: ProfileOptions, tally: Counter[str]
    ) -> None:
        self._treatments, self._options, self._tally = treatments, options, tally
        self._rule_for = rules_under(options)

    def clean(self, source: Dataset, parent: int, depth: int, inherited: Sequence[str]) -> Dataset:
        """Return the cleaned copy of a data set or item; `parent` is its sequence's tag or 0."""
        encodings = elements.encodings_of(source, inherited)
        # Filled as a mapping: a data set looks at every element that it is given.
        target: dict[BaseTag, Element] = {}
        for tag, element in list(source.items()):
            if tag.is_private:
                rule = private_rule(tag, element.VR, source, self._options)
            else:
                rule = self._rule_for(int(tag), element.VR)
            if rule.treatment is Treatment.DROP:
                continue
            try:
                kept, action = self._leaving(element, rule, source, parent, depth, encodings)
            except Exception:  # a value that cannot be read cannot be judged
                kept, action = None, "unreadable"
            self._tally[f"{int(tag):08X}:{action}"] += 1
            if kept is not None:
                target[tag] = kept
                if tag.is_private:
                    creator = creator_of(tag, source)
                    target[creator.tag] = creator
        return elements.new_dataset(target)

    def _leaving(
        self,
        element: Element,
        rule: Rule,
        source: Dataset,
        parent: int,
        depth: int,
        encodings: Sequence[str],
    ) -> tuple[Element | None, str]:
        """Return the element that leaves, if any, and the action that was taken."""
        if rule.treatment is Treatment.REMOVE and rule.fallback == "X":
            return None, "X"
        kept: Element | None = None
        if rule.treatment is Treatment.ITEMS:
            kept = self._items(element, source, depth, encodings)
        elif rule.vr and rule.treatment is not Treatment.REMOVE:
            in_utf8 = isinstance(element, DataElement)
            raw = elements.as_raw(element, source)
            sets = elements.PYTHON_UTF8 if in_utf8 else encodings
            kept = self._treatments.apply(raw, rule, source, sets)
        if kept is not None:
            return kept, rule.action
        action = resolve(rule.fallback, type_of(parent, int(element.tag)))
        return self._stand_in(element, action, rule, source, depth, encodings), action

    def _items(
        self,
        element: Element,
        source: Dataset,
        depth: int,
        encodings: Sequence[str],
    ) -> DataElement | None:
        """Return a sequence with its items cleaned, or None when it nests too deep."""
        if depth >= DEEPEST:
            return None
        items = [
            self._item(item, int(element.tag), depth + 1, encodings)
            for item in _items_of(source, element)
            if may_leave(item, self._options)
        ]
        return DataElement(element.tag, "SQ", Items(items))

    def _item(self, item: Dataset, parent: int, depth: int, encodings: Sequence[str]) -> Dataset:
        cleaned = self.clean(item, parent, depth, encodings)
        concept = concept_of(item)
        if concept is not None:
            write_concept(cleaned, concept)
        return cleaned

    def _stand_in(
        self,
        element: Element,
        action: str,
        rule: Rule,
        source: Dataset,
        depth: int,
        encodings: Sequence[str],
    ) -> Element | None:
        """Return what takes the place of an attribute by one of the actions X, Z, D, U."""
        tag = int(element.tag)
        vr = (elements.vr_in_dictionary(tag) or rule.vr or "UN").split(" or ")[0]
        if action == "X":
            return None
        if action == "U":
            return self._items(element, source, depth, encodings)
        if vr == "SQ":
            items = _items_of(source, element) if action == "D" else None
            return DataElement(tag, "SQ", Items()) if items is None else dummy_sequence(tag, items)
        return elements.make(tag, vr, b"") if action == "Z" else dummy(tag, vr)


def _items_of(source: Dataset, element: Element) -> Items:
    """Return the items of a sequence. Raises ValueError for what is none."""
    value = source[element.tag].value
    if not isinstance(value, Items):
        raise ValueError("no sequence")
    return value
