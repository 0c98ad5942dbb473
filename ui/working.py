"""Long work beside the pages: one task of a name at a time, in a thread of the process that serves them."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from collectors.errors import MoriartyError
from index.library import Progress
from ui.terms import told

log = logging.getLogger(__name__)


@dataclass
class Task:
    """How far a task is. Its thread alone writes it; pages read."""

    stage: str = "starting"
    done: int = 0
    total: int | None = None
    ended: bool = False
    problem: str = ""
    """Why it ended without a result; empty where it did not."""

    def progress(self, stage: str, done: int, total: int | None) -> None:
        """Keep what the work says of itself."""
        self.stage, self.done, self.total = stage, done, total


@st.cache_resource(show_spinner=False)
def _tasks() -> dict[str, Task]:
    return {}


def of(name: str) -> Task | None:
    """Return the task of this name that goes on or was the last to end, or None."""
    return _tasks().get(name)


def start(name: str, work: Callable[[Progress], object]) -> None:
    """Begin a task, unless one of this name goes on."""
    task = _tasks().get(name)
    if task is not None and not task.ended:
        return
    task = _tasks()[name] = Task()
    threading.Thread(target=_work, args=(task, work), name=name, daemon=True).start()


def _work(task: Task, work: Callable[[Progress], object]) -> None:
    try:
        work(task.progress)
    except (MoriartyError, OSError) as error:
        task.problem = told(error)
    except Exception:
        log.exception("a task beside the pages failed")
        task.problem = "This did not work; the log holds the details. Nothing was changed."
    finally:
        task.ended = True
