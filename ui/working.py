"""Long work beside the pages: one task of a name at a time, in a thread of the process that serves them."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from collectors.errors import MoriartyError
from index.library import Progress
from ui.terms import error_text

log = logging.getLogger(__name__)

KEPT = "What was finished before is kept."
"""Work is stored in parts, so a failure never says that nothing changed."""
UNEXPECTED = f"This did not work; the log holds the details. {KEPT}"


@dataclass
class Task:
    """The progress of a task. Its thread alone writes it; pages read."""

    stage: str = "starting"
    done: int = 0
    total: int | None = None
    ended: bool = False
    problem: str = ""
    """Why it failed; empty where it did not, or where that was shown."""

    def progress(self, stage: str, done: int, total: int | None) -> None:
        """Keep the progress that the work reports."""
        self.stage, self.done, self.total = stage, done, total


@dataclass
class _Tasks:
    """The last task of each name, and the lock under which they change."""

    by_name: dict[str, Task] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@st.cache_resource(show_spinner=False)
def _tasks() -> _Tasks:
    return _Tasks()


def running(name: str) -> Task | None:
    """Return the task of this name that goes on, or None."""
    task = _tasks().by_name.get(name)
    return None if task is None or task.ended else task


def start(name: str, work: Callable[[Progress], object]) -> None:
    """Begin a task, unless one of this name goes on."""
    tasks = _tasks()
    with tasks.lock:
        if running(name) is None:
            task = tasks.by_name[name] = Task()
            threading.Thread(target=_work, args=(task, work), name=name, daemon=True).start()


def take_problem(name: str) -> str:
    """Return why the last task of this name failed, once: to the first who asks; else nothing."""
    tasks = _tasks()
    with tasks.lock:
        task = tasks.by_name.get(name)
        if task is None or not task.ended:
            return ""
        problem, task.problem = task.problem, ""
        return problem


def _work(task: Task, work: Callable[[Progress], object]) -> None:
    try:
        work(task.progress)
    except (MoriartyError, OSError) as error:
        task.problem = error_text(error)
    except Exception:
        log.exception("a task beside the pages failed")
        task.problem = UNEXPECTED
    finally:
        task.ended = True
