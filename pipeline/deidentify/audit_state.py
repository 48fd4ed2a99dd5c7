"""What a study's folder tells of the audit: passed, or why there is no report of this cleaning."""

import json
from pathlib import Path
from typing import Any, NamedTuple

# How the audit's error begins, and what it says next.
FOUND = "the de-identification audit found"
# What is so, and what to do. All but the first: do not share these data.
STATES = {
    "passed": ("", ""),
    "outdated": (
        "The report of the audit is of an earlier cleaning: the ledger has changed since.",
        "Run the study (make study), which audits what was cleaned last, and make this page anew.",
    ),
    "found": (
        "The audit of this cleaning found something.",
        "What and in which instances stands at the end of logs/deidentify/audit.log; what to do, "
        "in docs/privacy.md, After a finding.",
    ),
    "unfinished": (
        "An audit of this cleaning began and has written no report: it still runs, was stopped, "
        "or met an error.",
        "If it no longer runs, see the end of logs/deidentify/audit.log and run the study again "
        "(make study).",
    ),
    "not_run": (
        "This cleaning has not been audited.",
        "Run the study (make study), and make this page anew.",
    ),
}


class AuditState(NamedTuple):
    """A name of `STATES`, and the report if there is one of what was cleaned last."""

    name: str
    report: dict[str, Any] | None

    @property
    def words(self) -> tuple[str, str]:
        """What is so, and what to do."""
        return STATES[self.name]


def audit_state(ledger: Path, head: str, report: Path, log: Path) -> AuditState:
    """Return what is known of the audit of the ledger whose last link is `head`.

    The audit writes a report only when it finds nothing; its log, begun anew by each run, stays.
    """
    if report.is_file():
        content = json.loads(report.read_text(encoding="utf-8"))
        is_of_it = content["heads"].get("ledger") == head
        return AuditState("passed", content) if is_of_it else AuditState("outdated", None)
    # A log from before this ledger is of another cleaning.
    if not log.is_file() or log.stat().st_mtime_ns < ledger.stat().st_mtime_ns:
        return AuditState("not_run", None)
    is_found = FOUND in log.read_text(encoding="utf-8", errors="replace")
    return AuditState("found" if is_found else "unfinished", None)
