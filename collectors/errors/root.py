"""What every error has: a text, a code, and what to do about it."""

from datetime import UTC, datetime

from collectors.records import Issue


class MoriartyError(Exception):
    """Something Moriarty refuses or cannot do; ``str()`` says what happened, to what."""

    code = "error"
    advice = "Look at the log for the details."


class ItemError(MoriartyError):
    """One item failed; the run goes on without it."""

    def issue(self, source: str, item: str, capture: str | None = None) -> Issue:
        """Return this error as an Issue about one item of a source."""
        return Issue(
            source=source,
            item=item,
            code=self.code,
            detail=str(self)[:500],
            advice=self.advice,
            at=datetime.now(UTC),
            capture=capture,
        )


class RunError(MoriartyError):
    """The run cannot go on."""
