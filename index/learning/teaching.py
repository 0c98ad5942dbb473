"""The part of the library that learns from what people decided, as releases that a lead accepts."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectors.errors import EmbedderMissing, WrongUse
from collectors.records import Record, digest
from enrichment.evaluation.figure import as_json
from enrichment.judging import linear
from enrichment.judging.linear import Models
from enrichment.learning.lessons import MARGIN, NEEDED, Lesson
from index.holdings import Holdings
from index.learning import gathering, releases
from index.records import Actor
from index.stages import Progress, silent

if TYPE_CHECKING:
    from enrichment.learning.check import Verdict

Report = dict[str, Any]
"""How a release came to be, as plain JSON values."""


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

    def learnable(self, *, actor: Actor) -> Learnable:
        """Return how many judgements could be learnt from now, without learning from them."""
        self._ledger.require(actor, "learnable")
        home = self._holdings.settings.home
        lessons, left_out = gathering.gather(self._store, self._holdings.typology)
        base = linear.load().fingerprint
        version = _version(base, lessons)
        return Learnable(
            lessons=reports_judged(lessons),
            needed=NEEDED,
            left_out=dict(sorted(left_out.items())),
            release=version if version in releases.versions(home) else "",
            in_use=releases.described(home),
            base=base,
            before=releases.active(home).get("before", ""),
        )

    def retrain(
        self,
        *,
        actor: Actor,
        gold: Path | None = None,
        margin: float = MARGIN,
        progress: Progress = silent,
    ) -> Report:
        """Learn a candidate release from all standing judgements, and return the report kept with it.

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
            lessons, left_out = gathering.gather(self._store, self._holdings.typology, gold)
            if (count := reports_judged(lessons)) < NEEDED:
                raise WrongUse(
                    f"{count} judged reports can be learnt from, {NEEDED} are needed"
                    + "".join(f"; {number}: {why}" for why, number in sorted(left_out.items()))
                )
            base, encoder = linear.load(), self._holdings.embedder
            if encoder is None or encoder.fingerprint != base.settings["embedder"]:
                raise EmbedderMissing("learning needs the embedder that the shipped models were trained with")
            present = linear.load(releases.in_use(self._holdings.settings.home)[0])
            against = lecture.guard_texts(gold, self._holdings.typology)
            learning = lecture.Lecture(base, present, self._holdings.typology, encoder)
            models, verdict = learning.learn(lessons, against, margin, progress)
            version = _version(base.fingerprint, lessons)
            report = _report(version, base, present, lessons, left_out, verdict, margin, actor)
            releases.add_refusals(report, releases.refusals(self._holdings.settings.home, version))
            _write(self._holdings.settings.home, version, models, report)
            self._store.audit(actor, "release", version, "; ".join(report["refused"]) or "may be accepted")
        return report

    def releases(self, *, actor: Actor) -> list[Report]:
        """Return the reports of all releases kept, by version."""
        self._ledger.require(actor, "releases")
        home = self._holdings.settings.home
        return [releases.report(home, version) for version in releases.versions(home)]

    def accept_release(self, version: str, *, actor: Actor) -> str:
        """Let a release judge reports from now on, and return the version it replaces, if any.

        Reports are judged again by the next ``enrich``. Raises ``NotFound``, ``LibraryBusy`` while a run goes
        on, ``WrongUse`` where the release was refused, and ``ModelRefused`` where a file changed or
        Moriarty's own models did.
        """
        home = self._holdings.settings.home
        with self._ledger.running(actor, "accept_release", version):
            refused = releases.report(home, version)["refused"]
            if refused:
                raise WrongUse(f"release {version} may not be accepted: {'; '.join(refused)}")
            before = releases.activate(home, version)
            self._models_changed(actor, version, before)
        return before

    def refuse_release(self, version: str, reason: str, *, actor: Actor) -> None:
        """Keep a release from being accepted, for a reason a person gives, until a lead lifts that.

        Learning the same release anew does not lift it. Raises ``NotFound``, ``LibraryBusy``, and
        ``WrongUse`` without a reason or where the release is the accepted one.
        """
        home = self._holdings.settings.home
        with self._ledger.running(actor, "refuse_release", f"{version}: {reason}"):
            if not reason.strip():
                raise WrongUse("to refuse a release needs a reason")
            if releases.active(home).get("version") == version:
                raise WrongUse(f"release {version} makes the suggestions; roll it back instead")
            releases.refuse(home, version, f"{actor.name}: {reason.strip()}")

    def lift_refusal(self, version: str, *, actor: Actor) -> None:
        """Withdraw what people said against a release; what the figures say against it stays.

        Raises ``NotFound``, ``LibraryBusy``, and ``WrongUse`` where no person refused it.
        """
        home = self._holdings.settings.home
        with self._ledger.running(actor, "lift_refusal", version):
            if not releases.report(home, version).get(releases.BY_PEOPLE):
                raise WrongUse(f"nobody has refused release {version}")
            releases.lift(home, version)

    def roll_back_release(self, *, actor: Actor) -> str:
        """Go back to what judged before the accepted release, and return its version.

        That is empty for the shipped models. Raises ``LibraryBusy``, and ``NotFound`` where no release is
        accepted.
        """
        home = self._holdings.settings.home
        with self._ledger.running(actor, "roll_back_release", releases.active(home).get("version", "")):
            left, version = releases.roll_back(home)
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
    return len({each.report for each in lessons})


def _version(base: str, lessons: Sequence[Lesson]) -> str:
    told = sorted(
        "\0".join((each.question, each.report, each.analyst, each.label, *each.wrong)) for each in lessons
    )
    return digest("rel", base, *told)


def _report(
    version: str,
    base: Models,
    present: Models,
    lessons: Sequence[Lesson],
    left_out: Mapping[str, int],
    verdict: "Verdict",
    margin: float,
    actor: Actor,
) -> Report:
    told = {
        "version": version,
        "base": base.fingerprint,
        "compared_with": present.fingerprint,
        "by": actor.name,
        "lessons": reports_judged(lessons),
        "incidents": len({each.incident for each in lessons}),
        "rejections": len({each.report for each in lessons if not each.label}),
        "left_out": dict(sorted(left_out.items())),
        "margin": margin,
        **asdict(verdict),
    }
    plain: Report = json.loads(as_json(told))  # what is returned is what is kept
    return plain


def _write(home: Path, version: str, models: Models, report: Report) -> None:
    """Write a release beside its place and put it there whole, over what was learnt the same way."""
    place = releases.folder(home, version)
    aside = place.with_name(f".{version}.part")
    shutil.rmtree(aside, ignore_errors=True)
    linear.save(replace(models, settings={**models.settings, "release": version}), aside)
    (aside / releases.REPORT).write_text(as_json(report), "utf-8")
    if releases.active(home).get("version") == version and place.is_dir():
        shutil.copyfile(aside / releases.REPORT, place / releases.REPORT)
        shutil.rmtree(aside)
        return
    shutil.rmtree(place, ignore_errors=True)
    aside.rename(place)
