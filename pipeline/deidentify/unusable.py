"""The one exception by which an instance is refused while it is cleaned."""


class UnusableError(Exception):
    """An instance that cannot be cleaned; its reason code and a detail without values."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail
