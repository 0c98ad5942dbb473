"""The fingerprint covers what makes findings, and nothing else."""

import subprocess
import sys
from pathlib import Path

from enrichment import fingerprint

MODULES = {
    path.relative_to(fingerprint.FOLDER).as_posix()
    for path in fingerprint.modules(fingerprint.FOLDER / "run.py")
}
LIST = (
    "import sys; import enrichment.run; "
    "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('enrichment.')), sep='\\n')"
)


def test_what_running_enrichment_loads_is_what_is_followed() -> None:
    done = subprocess.run([sys.executable, "-c", LIST], capture_output=True, text=True, check=True)
    loaded = {Path(line).relative_to(fingerprint.FOLDER).as_posix() for line in done.stdout.split()}
    assert loaded - {"__init__.py"} <= MODULES
    assert {"run.py", "judging/judge.py", "facts.py", "extraction/money.py", "grouping/profile.py"} <= loaded


def test_an_edit_of_grouping_training_or_measuring_asks_for_no_report_again() -> None:
    apart = {
        "group.py",
        "grouping/nearcopy.py",
        "grouping/likeness.py",
        "grouping/candidates.py",
        "grouping/partition.py",
        "graph.py",
    }
    assert not MODULES & (apart | {"train.py"})
    assert not [name for name in MODULES if name.startswith(("evaluation/", "network/", "learning/"))]


def test_the_digest_of_the_program_is_the_same_twice() -> None:
    fingerprint.program.cache_clear()
    fresh = [sys.executable, "-c", "from enrichment import fingerprint; print(fingerprint.program().hex())"]
    done = subprocess.run(fresh, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == fingerprint.program().hex()


def test_a_reworded_docstring_or_comment_asks_for_no_report_again() -> None:
    plain = "def twice(value: int) -> int:\n    return value * 2  \n"
    worded = (
        '"""A module."""\n\ndef twice(value: int) -> int:  # why\n'
        '    """Return\n    it twice."""\n    return value * 2\n'
    )
    assert fingerprint.instructions(worded).split() == fingerprint.instructions(plain).split()
    other = worded.replace("* 2", "* 3")
    assert fingerprint.instructions(other).split() != fingerprint.instructions(plain).split()


def test_what_a_stub_promises_is_part_of_the_module() -> None:
    assert fingerprint.instructions("def f() -> int: ...\n") != fingerprint.instructions(
        "def f() -> str: ...\n"
    )


def test_a_sign_of_a_comment_within_a_text_is_part_of_the_module() -> None:
    assert fingerprint.instructions('KEY = "a#b"\n') != fingerprint.instructions('KEY = "a#c"\n')
