import subprocess
import sys
from pathlib import Path

import pytest

from workflow.failures import Failure, failures, last_words

ROOT = Path(__file__).resolve().parents[2]
PRINTED = """\
Error in rule ingest_scan:
    message: None
    log: logs/ingest/scan.log, logs/ingest/scan.tsv (check log file(s) for error details)
    shell:
        echo "Error in rule other:" ; echo '    log: no.log'
Error in rule deidentify_clean:
    jobid: 7
    log: logs/deidentify/part-0003.log, logs/deidentify/part-0003.tsv (check log file(s) for error details)
Error in rule ingest_scan:
    log: logs/ingest/scan.log, logs/ingest/scan.tsv (check log file(s) for error details)
"""  # noqa: E501
TRACE = (
    'Traceback (most recent call last):\n  File "x.py", line 1\nnumpy.linalg.LinAlgError: MUELLER'
)


def test_each_failed_job_is_told_once() -> None:
    assert list(failures(PRINTED.splitlines())) == [
        Failure("ingest_scan", Path("logs/ingest/scan.log")),
        Failure("deidentify_clean", Path("logs/deidentify/part-0003.log")),
    ]


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("[a] 1 of 2\n[a] error: params: cut\nsecond line\n", "params: cut\nsecond line"),
        ("[a] 1 of 2\n" + TRACE, "an unexpected numpy.linalg.LinAlgError; please"),
        ("[a] 1 of 2\n", "it was stopped or killed"),
    ],
)
def test_a_job_has_the_last_word_but_no_text_of_an_unexpected_error(
    log: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "job.log").write_text(log)
    words = last_words(Failure("a", tmp_path / "job.log"))
    assert words.startswith(said)
    assert "MUELLER" not in words
    assert "left no log" in last_words(Failure("a", tmp_path / "other.log"))
    assert "left no log" in last_words(Failure("a", None))


def test_a_failed_run_ends_with_what_its_jobs_said_and_not_with_old_logs(tmp_path: Path) -> None:
    (tmp_path / "old.log").write_text("[old] error: of another run")
    (tmp_path / "Snakefile").write_text(
        f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from workflow.failures import tell_at_the_end

rule all:
    input: "one", "two"

rule good:
    output: "one"
    log: "old.log"
    shell: "touch one"

rule bad:
    output: "two"
    log: text="bad.log"
    shell: "echo '[bad] error: cohort.path: no folder' > {{log}}; exit 1"

onerror:
    tell_at_the_end([Path(path) for path in log])
"""
    )
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--keep-going"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.endswith("\nWhat failed (1):\n- bad (bad.log): cohort.path: no folder\n")
