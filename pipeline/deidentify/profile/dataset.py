"""The Basic Application Level Confidentiality Profile of PS3.15 Annex E, for whole data sets."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from pydicom.charset import default_encoding
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as DatasetItems
from pydicom.values import convert_SQ

from pipeline.deidentify.profile import elements
from pipeline.deidentify.profile.attribute_types import resolve, type_of
from pipeline.deidentify.profile.codes import concept_of, write_concept
from pipeline.deidentify.profile.content import may_leave
from pipeline.deidentify.profile.dummies import dummy, dummy_sequence
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.profile.private import REMOVED, creator_of, private_rule
from pipeline.deidentify.profile.references import drop_idle_references
from pipeline.deidentify.profile.rules import PATIENT_TAGS, Rule, Treatment, rule_for
from pipeline.deidentify.profile.seal import is_sealed, write_seal
from pipeline.deidentify.profile.statements import make_statements
from pipeline.deidentify.profile.treatments import Treatments
from pipeline.deidentify.profile.tree import Cleaned, Items, as_dataset

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
    cleaner = _Cleaner(treatments, options)
    cleaned = cleaner.clean(source, 0, 0, [default_encoding])
    tally.update({f"{tag:08X}:{action}": times for (tag, action), times in cleaner.counts.items()})
    drop_idle_references(cleaned, tally)
    cleaned[elements.CHARACTER_SET] = elements.make(
        elements.CHARACTER_SET, "CS", elements.UTF8.encode()
    )
    for tag, vr in zip(PATIENT_TAGS, ("PN", "LO"), strict=True):
        if not sealed:
            cleaned[tag] = elements.make(tag, vr, patient.encode())
    make_statements(cleaned, source, options)
    write_seal(cleaned, key)
    return as_dataset(cleaned)


class _Plan(NamedTuple):
    """What is done to an attribute: its rule, and the action X, Z, D or U when nothing is kept.

    What then leaves is `stand_in`, or None; `is_settled` says that no value changes this.
    """

    rule: Rule
    action: str
    stand_in: RawDataElement | Items | None
    is_settled: bool


PRIVATE_REMOVED = _Plan(REMOVED, "X", None, True)


def _plan(rule: Rule, tag: int, parent: int) -> _Plan:
    action = resolve(rule.fallback, type_of(parent, tag))
    vr = (elements.vr_in_dictionary(tag) or rule.vr or "UN").split(" or ")[0]
    removed = rule.treatment is Treatment.REMOVE
    stand_in: RawDataElement | Items | None = None
    if action == "Z":
        stand_in = Items([]) if vr == "SQ" else elements.make(tag, vr, b"")
    elif action == "D" and vr != "SQ":
        stand_in = dummy(tag, vr)
    of_items = action == "U" or (action == "D" and vr == "SQ")
    return _Plan(rule, action, stand_in, removed and not of_items)


@cache
def _plans_under(options: ProfileOptions) -> Callable[[int, str | None, int], _Plan]:
    """Return what plans under these options, with a memory: an archive repeats its attributes."""

    @lru_cache(maxsize=elements.MANY)
    def plan(tag: int, stated_vr: str | None, parent: int) -> _Plan:
        return _plan(rule_for(tag, stated_vr, options), tag, parent)

    return plan


class _Cleaner:
    """Walks the data sets of one object, and counts the actions by tag."""

    def __init__(self, treatments: Treatments, options: ProfileOptions) -> None:
        self._treatments, self._options = treatments, options
        self._plan_for = _plans_under(options)
        # Not a Counter, which takes its time for each new key.
        self.counts: defaultdict[tuple[int, str], int] = defaultdict(int)

    def clean(self, source: Dataset, parent: int, depth: int, inherited: Sequence[str]) -> Cleaned:
        """Return the cleaned copy of a data set or item; `parent` is its sequence's tag or 0."""
        encodings = elements.encodings_of(source, inherited)
        target: Cleaned = {}
        for tag, element in [(int(tag), element) for tag, element in source.items()]:
            is_private = tag >> 16 & 1
            if is_private:
                rule = private_rule(tag, element.VR, source, self._options)
                plan = PRIVATE_REMOVED if rule is REMOVED else _plan(rule, tag, parent)
            else:
                plan = self._plan_for(tag, element.VR, parent)
            if plan.rule.treatment is Treatment.DROP:
                continue
            kept, action = plan.stand_in, plan.action
            if not plan.is_settled:
                try:
                    kept, action = self._leaving(element, plan, source, depth, encodings)
                except Exception:  # a value that cannot be read cannot be judged
                    kept, action = None, "unreadable"
            self.counts[tag, action] += 1
            if kept is not None:
                target[tag] = kept
                if is_private:
                    creator = creator_of(tag, source)
                    target[int(creator.tag)] = creator
        return target

    def _leaving(
        self, element: Element, plan: _Plan, source: Dataset, depth: int, encodings: Sequence[str]
    ) -> tuple[RawDataElement | Items | None, str]:
        """Return what leaves of an element, if anything, and the action that was taken."""
        rule = plan.rule
        kept: RawDataElement | Items | None = None
        if rule.treatment is Treatment.ITEMS:
            kept = self._items(element, source, depth, encodings)
        elif rule.vr and rule.treatment is not Treatment.REMOVE:
            in_utf8 = isinstance(element, DataElement)
            raw = elements.as_raw(element, source)
            sets = elements.PYTHON_UTF8 if in_utf8 else encodings
            kept = self._treatments.apply(raw, rule, source, sets)
        if kept is not None:
            return kept, rule.action
        if plan.action == "U":
            return self._items(element, source, depth, encodings), "U"
        if plan.action == "D" and plan.stand_in is None:
            return dummy_sequence(_items_of(source, element, encodings)), "D"
        return plan.stand_in, plan.action

    def _items(
        self, element: Element, source: Dataset, depth: int, encodings: Sequence[str]
    ) -> Items | None:
        """Return a sequence with its items cleaned, or None when it nests too deep."""
        if depth >= DEEPEST:
            return None
        tag = int(element.tag)
        return Items(
            [
                self._item(item, tag, depth + 1, encodings)
                for item in _items_of(source, element, encodings)
                if may_leave(item, self._options)
            ]
        )

    def _item(self, item: Dataset, parent: int, depth: int, encodings: Sequence[str]) -> Cleaned:
        cleaned = self.clean(item, parent, depth, encodings)
        concept = concept_of(item)
        if concept is not None:
            write_concept(cleaned, concept)
        return cleaned


def _items_of(source: Dataset, element: Element, encodings: Sequence[str]) -> DatasetItems:
    """Return the items of a sequence. Raises ValueError for what is none."""
    if isinstance(element, RawDataElement) and element.VR == "SQ" and element.value:
        # As pydicom does it, less what it makes of the element itself.
        implicit, little = element.is_implicit_VR, element.is_little_endian
        return convert_SQ(element.value, implicit, little, list(encodings))
    value = source[element.tag].value
    if not isinstance(value, DatasetItems):
        raise ValueError("no sequence")
    return value
