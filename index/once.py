"""Properties that are worked out once, whichever of several threads asks first."""

import threading
from collections.abc import Callable
from typing import Generic, Self, TypeVar, overload

Owner = TypeVar("Owner")
Value = TypeVar("Value")


class once(Generic[Owner, Value]):
    """A property worked out when first read, and kept; threads that read it meanwhile wait for it.

    ``functools.cached_property`` takes no lock from Python 3.12 on: two pages would draw one graph twice.
    """

    def __init__(self, work: Callable[[Owner], Value]) -> None:
        self._work, self._name, self._lock = work, work.__name__, f"{work.__name__} lock"
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, instance: None, owner: type[Owner]) -> Self: ...

    @overload
    def __get__(self, instance: Owner, owner: type[Owner]) -> Value: ...

    def __get__(self, instance: Owner | None, owner: type[Owner]) -> Self | Value:
        """Return the value; once it is kept, Python finds it on the instance and does not come here."""
        if instance is None:  # asked of the class, as `inspect` does
            return self
        kept = vars(instance)
        with kept.setdefault(self._lock, threading.RLock()):  # one an instance: another need not wait
            if self._name not in kept:
                kept[self._name] = self._work(instance)
            value: Value = kept[self._name]
            return value
