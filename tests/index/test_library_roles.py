"""Who may do what, and that every call says who made it."""

import pytest

from collectors.errors import NotPermitted
from index.access import PERMITTED
from index.library import Library
from index.records import Actor, Role
from tests.index.stories import CALLS, INVESTIGATOR, entries, sound, suggestion

COUNTS_ONLY = {"tree", "status", "refresh", "releases", "learnable"}
"""Calls that show or change nothing of what is kept, and so leave no entry."""


def test_every_call_is_tried_by_every_role() -> None:
    assert set(CALLS) == set(PERMITTED)


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_is_listed_and_every_call_names_who_made_it(library: Library, role: Role) -> None:
    actor = Actor(name=f"the {role}", role=role)
    for name, call in CALLS.items():
        before = len(entries(library))
        if role in PERMITTED[name]:
            call(library, actor)
        else:
            with pytest.raises(NotPermitted, match=name):
                call(library, actor)
        new = entries(library)[before:]
        assert all(entry["actor"] == actor.name and entry["role"] == role for entry in new), name
        assert new or name in COUNTS_ONLY, name
        if role not in PERMITTED[name]:
            assert [entry["action"] for entry in new] == ["refused"]
    sound(library)


def test_an_investigator_may_look_and_not_judge(library: Library) -> None:
    with pytest.raises(NotPermitted):
        CALLS["judge"](library, INVESTIGATOR)
    assert CALLS["search"](library, INVESTIGATOR)
    assert suggestion(library).judgements == 0
