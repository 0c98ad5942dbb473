"""Who may do what. Every call of the library is listed here; what is not listed is refused."""

from collectors.errors import NotPermitted
from index.records import Actor, Role

_EVERYBODY = frozenset(Role)
_CURATORS = frozenset({Role.ANALYST, Role.LEAD})
_LEADS = frozenset({Role.LEAD})
_TEACHERS = frozenset({Role.TRAINER, Role.ANALYST, Role.LEAD})

PERMITTED: dict[str, frozenset[Role]] = {
    "collect": _CURATORS,
    "add": _CURATORS,
    "enrich": _CURATORS,
    "refresh": _CURATORS,
    "rebuild": _CURATORS,
    "search": _EVERYBODY,
    "save_search": _EVERYBODY,
    "saved_searches": _EVERYBODY,
    "forget_search": _EVERYBODY,
    "alerts": _EVERYBODY,
    "digest": _EVERYBODY,
    "incident": _EVERYBODY,
    "report": _EVERYBODY,
    "similar": _EVERYBODY,
    "graph": _EVERYBODY,
    "find_nodes": _EVERYBODY,
    "surroundings": _EVERYBODY,
    "paths": _EVERYBODY,
    "measures": _EVERYBODY,
    "emerging": _EVERYBODY,
    "tree": _EVERYBODY,
    "status": _EVERYBODY,
    "verify": _EVERYBODY,
    "queue": _CURATORS,
    "merge_candidates": _CURATORS,
    "judge": _CURATORS,
    "judge_all": _CURATORS,
    "decisions": _CURATORS,
    "learnable": _CURATORS,
    "retrain": _LEADS,
    "releases": _CURATORS,
    "accept_release": _LEADS,
    "refuse_release": _LEADS,
    "lift_refusal": _LEADS,
    "roll_back_release": _LEADS,
    "export": _TEACHERS,
}


def require(actor: Actor, action: str) -> None:
    """Return if this actor may do this; else raise ``NotPermitted`` naming who may."""
    allowed = PERMITTED.get(action, frozenset())
    if actor.role not in allowed:
        roles = ", ".join(sorted(allowed)) or "nobody"
        raise NotPermitted(f"{actor.name} ({actor.role}) may not {action}; this needs the role {roles}")
