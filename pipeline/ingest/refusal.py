"""How a check says that a file cannot be used."""

from typing import NamedTuple


class Refused(NamedTuple):
    """Why a file is not used: a code of `pipeline.ingest.tables.REASONS`.

    `detail` adds names of attributes, syntaxes or packages, never values.
    """

    reason: str
    detail: str = ""


class RefusedError(Exception):
    """Raised by the first check that a file fails."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.refused = Refused(reason, detail)
