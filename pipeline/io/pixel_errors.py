"""The former place, and name, of the exception."""

from pipeline.io.unusable import UnusableError

PixelError = UnusableError
