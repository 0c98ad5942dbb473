"""The part of the library that learns from what people decided, as releases that a lead accepts."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from collectors.errors import EmbedderMissing, WrongUse
from collectors.records import Record, digest
from enrichment.judging import linear
from enrichment.learning.lessons import MARGIN, NEEDED, Lesson
from index.holdings import Holdings
from index.learning import gathering
from index.learning.release import Release
from index.learning.releases import Releases
from index.records import Actor
from index.stages import Progress, silent


class Learnable(Record):
    """How much a library's judgements could teach now, and which models make its suggestions."""

    lessons: int
    """Judged reports that can be learnt from."""
    needed: int
    left_out: dict[str, int]
    """How many judged reports teach nothing, by the reason."""
    release: str
    """The release kept that was learnt from just these lessons; empty where they were not learnt from."""
    in_use: str
    """The accepted release, or why it is not in use; empty for the shipped models."""
    base: str
    """The fingerprint of the shipped models, on which a release must rest."""
    before: str
    """What a roll-back goes to: a release, or empty for the shipped models."""


class Teaching:
    """Releases learnt from judgements."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings, self._ledger, self._store = holdings, holdings.ledger, holdings.store
        self._releases = Releases(holdings.settings.home)

    def learnable(self, *, actor: Actor) -> Learnable:
        """Return how many judgements could be learnt from now, without learning from them."""
        self._ledger.require(actor, "learnable")
        lessons, left_out = gathering.gather(self._store, self._holdings.typology)
        base = linear.load().fingerprint
        version = _version(base, lessons)
        return Learnable(
            lessons=reports_judged(lessons),
            needed=NEEDED,
            left_out=dict(sorted(left_out.items())),
            release=version if version in self._releases.versions() else "",
            in_use=self._releases.described(),
            base=base,
            before=self._releases.active().before,
        )

    def retrain(
        self,
        *,
        actor: Actor,
        gold: Path | None = None,
        margin: float = MARGIN,
        progress: Progress = silent,
    ) -> Release:
        """Learn a candidate release from all standing judgements, and return it as kept.

        It is compared with the models in use, and with the shipped ones, on the bundled cases, each as models
        say that have not seen it, and on the gold incidents of a folder, where one is given. Where one of
        these loses more than ``margin`` against either, or loses it by one analyst's lessons, the release is
        kept but may not be accepted. The same judgements give the same release, and what people said against
        it stays.

        Raises ``WrongUse`` where there is too little to learn from, and ``EmbedderMissing`` without the
        embedder of the shipped models.
        """
        from index.learning import lecture  # here: it loads scipy, which every other call does without

        with self._ledger.running(actor, "retrain", str(gold.name if gold else "bundled cases")):
            progress(f"step 1 of {lecture.STEPS}: reading the judgements", 0, None)
            lessons, left_out = self._enough(gold)
            base, encoder = linear.load(), self._holdings.embedder
            if encoder is None or encoder.fingerprint != base.settings["embedder"]:
                raise EmbedderMissing("learning needs the embedder that the shipped models were trained with")
            present = linear.load(self._releases.in_use()[0])
            against = lecture.guard_texts(gold, self._holdings.typology)
            learning = lecture.Lecture(base, present, self._holdings.typology, encoder)
            models, figures = learning.learn(lessons, against, margin, progress)
            release = Release(
                version=_version(base.fingerprint, lessons),
                base=base.fingerprint,
                compared_with=present.fingerprint,
                by=actor.name,
                lessons=reports_judged(lessons),
                incidents=len({lesson.incident for lesson in lessons}),
                rejections=len({lesson.report for lesson in lessons if not lesson.label}),
                left_out=dict(sorted(left_out.items())),
                margin=margin,
                **dict(figures),
            )
            kept = self._releases.keep(release, models)
            self._store.audit(actor, "release", kept.version, "; ".join(kept.refused) or "may be accepted")
        return kept

    def _enough(self, gold: Path | None) -> tuple[list[Lesson], Counter[str]]:
        """Return the lessons, and why other judged reports teach nothing; raises ``WrongUse`` for too few."""
        lessons, left_out = gathering.gather(self._store, self._holdings.typology, gold)
        if (count := reports_judged(lessons)) < NEEDED:
            why = "".join(f"; {number}: {reason}" for reason, number in sorted(left_out.items()))
            raise WrongUse(f"{count} judged reports can be learnt from, {NEEDED} are needed{why}")
        return lessons, left_out

    def releases(self, *, actor: Actor) -> list[Release]:
        """Return all releases kept, by version; raises ``ReleaseDamaged``."""
        self._ledger.require(actor, "releases")
        return [self._releases.get(version) for version in self._releases.versions()]

    def accept_release(self, version: str, *, actor: Actor) -> str:
        """Let a release judge reports from now on, and return the version it replaces, if any.

        Reports are judged again by the next ``enrich``. Raises ``NotFound``, ``LibraryBusy`` while a run goes
        on, ``WrongUse`` where the release was refused, and ``ModelRefused`` where a file changed or
        Moriarty's own models did.
        """
        with self._ledger.running(actor, "accept_release", version):
            refused = self._releases.get(version).refused
            if refused:
                raise WrongUse(f"release {version} may not be accepted: {'; '.join(refused)}")
            before = self._releases.activate(version)
            self._models_changed(actor, version, before)
        return before

    def refuse_release(self, version: str, reason: str, *, actor: Actor) -> None:
        """Keep a release from being accepted, for a reason a person gives, until a lead lifts that.

        Learning the same release anew does not lift it. Raises ``NotFound``, ``LibraryBusy``, and
        ``WrongUse`` without a reason or where the release is the accepted one.
        """
        with self._ledger.running(actor, "refuse_release", f"{version}: {reason}"):
            if not reason.strip():
                raise WrongUse("to refuse a release needs a reason")
            if self._releases.active().version == version:
                raise WrongUse(f"release {version} makes the suggestions; roll it back instead")
            self._releases.refuse(version, f"{actor.name}: {reason.strip()}")

    def lift_refusal(self, version: str, *, actor: Actor) -> None:
        """Withdraw what people said against a release; what the figures say against it stays.

        Raises ``NotFound``, ``LibraryBusy``, and ``WrongUse`` where no person refused it.
        """
        with self._ledger.running(actor, "lift_refusal", version):
            if not self._releases.get(version).refused_by_people:
                raise WrongUse(f"nobody has refused release {version}")
            self._releases.lift(version)

    def roll_back_release(self, *, actor: Actor) -> str:
        """Go back to what judged before the accepted release, and return its version.

        That is empty for the shipped models. Raises ``LibraryBusy``, and ``NotFound`` where no release is
        accepted.
        """
        with self._ledger.running(actor, "roll_back_release", self._releases.active().version):
            left, version = self._releases.roll_back()
            self._models_changed(actor, version or "shipped", left)
        return version

    def _models_changed(self, actor: Actor, version: str, before: str) -> None:
        self._store.audit(
            actor,
            "models",
            version,
            f"instead of {before or 'shipped'}; {self._holdings.enricher.fingerprint}",
        )


def reports_judged(lessons: Sequence[Lesson]) -> int:
    """Return how many reports the lessons are about."""
    return len({lesson.report for lesson in lessons})


def _version(base: str, lessons: Sequence[Lesson]) -> str:
    labels = sorted(
        "\0".join((lesson.question, lesson.report, lesson.analyst, lesson.label, *lesson.wrong))
        for lesson in lessons
    )
    return digest("rel", base, *labels)
