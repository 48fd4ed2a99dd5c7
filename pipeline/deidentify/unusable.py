"""The former place of the exception."""

from pipeline.io.unusable import UnusableError

__all__ = ["UnusableError"]
