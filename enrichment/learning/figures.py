"""The figures of a release: what it changes on frozen data and on unseen judgements, and by whose lessons."""

from collectors.records import Record
from enrichment.records import Subject


class Compared(Record):
    """The share of right answers before and after, and the change with its 95 % interval."""

    name: str
    n: int
    before: float
    after: float
    change: float
    low: float
    high: float
    error: float | None = None
    """Expected calibration error after; None where the scores are of several models."""
    shipped: float | None = None
    """Share of right answers by the shipped models; None where it was not measured."""
    question: Subject = Subject.TYPOLOGY


class AnalystPart(Record):
    """One analyst's part in a release."""

    analyst: str
    lessons: int
    agreement: float | None
    """Share of the analyst's labels that a release learnt without them would give; None without labels."""
    others: float | None
    """The same over all other analysts' labels, which that release has learnt."""
    gain: float
    """Worst change of any guard that the analyst's lessons bring."""
    question: Subject = Subject.TYPOLOGY


class Taught(Record):
    """The number of lessons on one question, and their weight against the shipped models."""

    question: Subject
    lessons: int
    strength: float
    """0 where the lessons teach nothing that others bear out."""

    @property
    def idle(self) -> bool:
        """Whether the lessons change nothing."""
        return self.strength == 0


class ReleaseFigures(Record):
    """The figures of a release that a person sees before accepting it."""

    guards: tuple[Compared, ...] = ()
    unseen: tuple[Compared, ...] = ()
    """On the judgements themselves, each by a release that has not seen its incident."""
    parts: tuple[AnalystPart, ...] = ()
    refused: tuple[str, ...] = ()
    """Reasons why it may not be accepted; empty where it may."""
    taught: tuple[Taught, ...] = ()

    def joined(self, other: "ReleaseFigures") -> "ReleaseFigures":
        """Return the figures of a release that learns about the questions of both."""
        return ReleaseFigures(
            guards=self.guards + other.guards,
            unseen=self.unseen + other.unseen,
            parts=self.parts + other.parts,
            refused=self.refused + other.refused,
            taught=self.taught + other.taught,
        )
