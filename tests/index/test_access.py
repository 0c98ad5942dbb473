import inspect

import pytest

from collectors.errors import NotPermitted
from index import access
from index.alerts.subscriptions import Subscriptions
from index.graph.analysis import Analysis
from index.learning.teaching import Teaching
from index.library import Library
from index.records import Actor, Role


def test_every_call_that_takes_an_actor_has_a_rule() -> None:
    calls = {
        name
        for part in (Library, Subscriptions, Analysis, Teaching)
        for name, method in inspect.getmembers(part, inspect.isfunction)
        if not name.startswith("_") and "actor" in inspect.signature(method).parameters
    }
    assert calls == set(access.PERMITTED)


@pytest.mark.parametrize("action", sorted(access.PERMITTED))
@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_what_its_rule_says(action: str, role: Role) -> None:
    actor = Actor(name="sam", role=role)
    if role in access.PERMITTED[action]:
        access.require(actor, action)
    else:
        with pytest.raises(NotPermitted, match="sam"):
            access.require(actor, action)


def test_what_is_not_listed_is_refused() -> None:
    with pytest.raises(NotPermitted):
        access.require(Actor(name="sam", role=Role.LEAD), "erase")
