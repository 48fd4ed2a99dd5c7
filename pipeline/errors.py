"""The one exception whose text is meant for the user."""


class StudyError(Exception):
    """Bad params or bad input, told in one sentence: what, where, and the remedy.

    The text is printed and logged as it is, so it never holds a value read from a
    patient's file: name the attribute and the pseudonymous id instead.
    """
