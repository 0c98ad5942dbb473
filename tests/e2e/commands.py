"""Runs the real ``moriarty`` command against a library in a temporary folder."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def command(home: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "ui.cli", "--home", str(home), *words]


def environment(**extra: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **extra}


def moriarty(home: Path, *words: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(home, *words),
        capture_output=True,
        text=True,
        env=environment(**extra),
        timeout=280,
        check=False,
    )


def answer(home: Path, *words: str, **extra: str) -> Any:  # noqa: ANN401 (any JSON value)
    done = moriarty(home, *words, **extra)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
