"""The record of one release, as ``release.json`` keeps it, and the pointer to the accepted one."""

from typing import Any, Self

from pydantic import model_validator

from collectors.records import Record
from enrichment.evaluation.figure import as_json
from enrichment.learning.figures import ReleaseFigures
from enrichment.records import Subject

BY_PEOPLE = "refused_by_people"


class Release(ReleaseFigures):
    """A candidate learnt from judgements: how it came to be, and its figures."""

    version: str
    base: str
    """Fingerprint of the shipped models it was learnt on."""
    compared_with: str
    """Fingerprint of the models in use when it was learnt."""
    by: str
    """Name of the actor that began to learn."""
    lessons: int
    """Judged reports learnt from."""
    incidents: int
    rejections: int
    """Judged reports whose code was rejected without another in its place."""
    left_out: dict[str, int]
    """Number of judged reports that teach nothing, by the reason."""
    margin: float
    refused_by_people: tuple[str, ...] = ()
    """People's reasons among all of ``refused``."""

    @model_validator(mode="before")
    @classmethod
    def _completed(cls, value: object) -> object:
        """Complete a record from before there were lessons on more than primary codes."""
        if not isinstance(value, dict) or "taught" in value:
            return value
        unseen, lessons = value.get("unseen"), value.get("lessons")
        taught = {"question": Subject.TYPOLOGY, "lessons": lessons, "strength": value.get("strength", 0.0)}
        earlier = {name: field for name, field in value.items() if name != "strength"}
        return {**earlier, "unseen": [unseen] if unseen else [], "taught": [taught]}

    def refused_also(self, reasons: tuple[str, ...]) -> Self:
        """Return the release with people's reasons added to what speaks against it."""
        by_people, refused = self.refused_by_people + reasons, self.refused + reasons
        return self.model_copy(update={BY_PEOPLE: by_people, "refused": refused})

    def lifted(self) -> Self:
        """Return the release without people's reasons against it."""
        refused = tuple(reason for reason in self.refused if reason not in self.refused_by_people)
        return self.model_copy(update={BY_PEOPLE: (), "refused": refused})

    def plain(self) -> dict[str, Any]:
        """Return the fields as JSON values; people's reasons only where there are any."""
        return self.model_dump(mode="json", exclude=None if self.refused_by_people else {BY_PEOPLE})

    def text(self) -> str:
        """Return the content of ``release.json``."""
        return as_json(self.plain())


class Pointer(Record):
    """The pointer to the accepted release; empty where none is accepted."""

    version: str = ""
    manifest: str = ""
    """Digest of the manifest of the release when it was accepted."""
    before: str = ""
    """The release accepted before; empty for the shipped models."""
