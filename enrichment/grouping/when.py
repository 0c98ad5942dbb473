"""When something may have happened, as a span of days."""

from dataclasses import dataclass
from datetime import date, timedelta

from collectors.records import PartialDate


@dataclass(frozen=True)
class When:
    """The days on which something may have happened: a day, a month or a year."""

    first: date
    last: date

    @classmethod
    def of(cls, value: PartialDate) -> "When":
        """Return the span of a partial date."""
        first = value.first
        if value.precision == "day":
            return cls(first, first)
        if value.precision == "year":
            return cls(first, date(first.year, 12, 31))
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1) if first.year < 9999 else first
        return cls(first, max(first, after - timedelta(days=1)))

    def days_to(self, other: "When") -> int:
        """Return the days between two spans, 0 where they overlap."""
        return max(0, (other.first - self.last).days, (self.first - other.last).days)

    @property
    def ends(self) -> tuple[date, date]:
        """Return the first day and the last."""
        return self.first, self.last

    @property
    def exact(self) -> bool:
        """Whether it is known to the month at least."""
        return (self.last - self.first).days < 31

    @property
    def a_day(self) -> bool:
        """Whether it is known to the day."""
        return self.first == self.last
