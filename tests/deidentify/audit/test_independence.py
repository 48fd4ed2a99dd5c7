"""The audit must not inherit what is wrong with the cleaner."""

from pipeline.closure import source_files

# Names of attributes, words and files that both must know; none of them does anything.
SHARED = {
    "pipeline/deidentify/__init__.py",
    "pipeline/deidentify/params.py",
    "pipeline/deidentify/profile/__init__.py",
    "pipeline/deidentify/profile/options.py",
    "pipeline/deidentify/profile/terms.txt",
    "pipeline/deidentify/profile/vocabulary.txt",
    "pipeline/deidentify/profile/words.py",
    "pipeline/deidentify/reasons.py",
    "pipeline/deidentify/tables.py",
}


def test_the_audit_has_no_code_of_the_cleaner() -> None:
    files = source_files("pipeline.deidentify.audit.check")
    own = {name for name in files if name.startswith("pipeline/deidentify/audit/")}
    used = {name for name in files if name.startswith("pipeline/deidentify/")} - own
    assert len(own) > 10
    assert used <= SHARED


def test_the_cleaner_has_no_code_of_the_audit() -> None:
    files = source_files("pipeline.deidentify.clean")
    assert not [name for name in files if name.startswith("pipeline/deidentify/audit/")]
