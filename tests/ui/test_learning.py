"""Learning on the pages: what awaits, a release learnt beside them, and what only a lead may do."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import streamlit as st
from filelock import FileLock
from streamlit.testing.v1 import AppTest

from index.learning.releases import RECORD, Releases
from index.library import Library
from index.records import Decision, Verdict
from index.settings import Settings
from index.store import Store
from tests.index.fictional import capture, outcome, report
from tests.index.hardship import LEAD
from tests.index.learning.test_teaching import EXAMPLES, teach
from tests.ui.conftest import Shown, drawn


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a library of fictional reports, all of them judged."""
    home = tmp_path_factory.mktemp("school")
    with Library.open(Settings.load(home)) as library:
        taken = capture()
        made = [
            report(number, taken, text=text, title=f"Story {number}")
            for number, (_, text) in enumerate(EXAMPLES)
        ]
        with closing(Store(library.settings.database_url)) as store:
            store.save(taken, LEAD)
            store.save(outcome(taken, made), LEAD)
        library.enrich(actor=LEAD)
        teach(library)
    yield home
    st.cache_resource.clear()


def page(shown: Shown, home: Path) -> tuple[AppTest, str]:
    return shown("review", home, part="learning")


def press(app: AppTest, label: str) -> str:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception, app.exception
    return drawn(app)


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def wait() -> None:
    """Return once the work beside the pages has ended."""
    for thread in threading.enumerate():
        if thread.name == "learning":
            thread.join()


def test_a_library_nobody_judged_says_what_is_needed(shown: Shown, desk: Path) -> None:
    app, said = page(shown, desk)
    assert "Suggestions are made by the models that come with Moriarty" in said
    assert "At least 10 are needed" in said
    assert app.button(key="learn").disabled


def test_a_release_is_learnt_beside_the_pages_then_accepted_and_rolled_back(
    shown: Shown, school: Path
) -> None:
    app, said = page(shown, school)
    assert f"{len(EXAMPLES)} judged reports can be learnt from." in said
    assert "At work: " in press(app, "Learn from them")
    wait()
    app, said = page(shown, school)
    assert "Nothing speaks against it." in said and "Right answers on" in said and "May be accepted" in said
    assert app.button(key="learn").disabled
    assert {"Yes, accept", "Yes, refuse it"} <= labels(app)
    said = press(app, "Yes, accept")
    assert "Accepted." in said and "In use" in said
    assert f"Enrich {len(EXAMPLES)} reports with these models" in labels(app)
    press(app, f"Enrich {len(EXAMPLES)} reports with these models")
    wait()
    app, _ = page(shown, school)
    assert not {label for label in labels(app) if label.startswith("Enrich")}
    said = press(app, "Yes, roll back")
    assert "Rolled back." in said and "Suggestions are made by the models that come with Moriarty" in said
    assert "to refuse a release needs a reason" in press(app, "Yes, refuse it").lower()


def test_an_analyst_may_only_look(shown: Shown, school: Path) -> None:
    page(shown, school)  # opens this library
    script = (
        "from index.records import Actor, Role\nfrom ui.views import learning\n"
        "learning.show(Actor(name='ada', role=Role.ANALYST))"
    )
    app = AppTest.from_string(script, default_timeout=60)
    app.secrets["moriarty_home"] = str(school)
    app.run()
    assert not app.exception, app.exception
    assert "A lead starts learning" in drawn(app) and not app.button


def test_a_release_on_earlier_models_is_not_offered(shown: Shown, school: Path) -> None:
    with Library.open(Settings.load(school)) as library:
        version = library.learning.releases(actor=LEAD)[0].version
    path = Releases(school).folder(version) / RECORD
    kept = path.read_text("utf-8")
    path.write_text(json.dumps({**json.loads(kept), "base": "older"}), "utf-8")
    app, said = page(shown, school)
    path.write_text(kept, "utf-8")
    assert "models have changed since it was learnt" in said and "Nothing speaks against it." not in said
    assert "Learnt on earlier models" in said and "Yes, accept" not in labels(app)


def test_work_that_fails_says_why_on_the_page(shown: Shown, school: Path) -> None:
    page(shown, school)
    with Library.open(Settings.load(school)) as library:
        codes = [each for each in library.decisions(actor=LEAD, limit=500).items if not each.judgement.undone]
        library.judge(Decision(verdict=Verdict.UNDO, target=codes[0].judgement.id), actor=LEAD)
    app, _ = page(shown, school)
    with FileLock(school / "run.lock"):
        press(app, "Learn from them")
        wait()
    assert "Another run is going on in this library" in page(shown, school)[1]
