"""Texts that look like somebody's, whether or not the source is known to hold them."""

import re
from collections import Counter

PATTERNS = {
    "e_mail": re.compile(r"[\w.+-]{2,}@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE),
    "telephone": re.compile(
        r"(?:\b(?:tel|phone|fax|mobile|cell)\w*\W{0,3}\+?[0-9][0-9 ()/.-]{5,}"
        r"|(?<![\w.])\+[0-9]{1,3}[ (][0-9 ()/.-]{6,}"
        r"|(?<![\w.-])\(?[0-9]{3}\)?[ -][0-9]{3}[ -][0-9]{4}(?![\w.-]))",
        re.IGNORECASE,
    ),
    "record_number": re.compile(
        r"\b(?:mrn|ssn|dob|geb|pat(?:ient)? ?(?:id|no|nr)|acc(?:ession)? ?(?:no|nr)|case ?no)"
        r"[\W_]{0,3}[a-z]{0,3}[0-9]{4,}",
        re.IGNORECASE,
    ),
    "date_with_name": re.compile(
        r"[A-Z][\w'-]+,? [A-Z][\w'-]+\W{1,4}(?:born |geb\. |\*)?"
        r"(?:[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}|(?:19|20)[0-9]{2}[./-]?[0-9]{2}[./-]?[0-9]{2})"
    ),
    "person_name": re.compile(r"[^\W\d_]{2,}\^[^\W\d_]{1,}"),
}


def looks_like(text: str) -> Counter[str]:
    """Return how often each kind of pattern occurs in a text."""
    found = {kind: len(pattern.findall(text)) for kind, pattern in PATTERNS.items()}
    return Counter({kind: count for kind, count in found.items() if count})
