"""How a check says that a file cannot be used."""

from typing import NamedTuple


class Refused(NamedTuple):
    """Why a file is not used: a code of `pipeline.ingest.tables.REASONS`.

    `detail` adds names of attributes, syntaxes or packages, never values.
    """

    reason: str
    detail: str = ""
