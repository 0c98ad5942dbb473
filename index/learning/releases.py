"""Releases of the models learnt from judgements: where they lie, and which one judges reports.

``<home>/models/<version>/`` holds a release: the files of ``enrichment.judging.linear`` with their
manifest, and ``release.json`` about how it came to be. ``<home>/models/active.json`` names the accepted one
and the digest of its manifest. A release rests on the models that came with Moriarty when it was learnt;
where those have changed since, or a file is not the one accepted, the present ones judge and the reason is
said.
"""

import hashlib
import json
import logging
import os
import shutil
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from collectors.errors import ModelRefused, NotFound, ReleaseDamaged, ReleaseOutdated, WrongUse
from collectors.records import faults
from enrichment.judging import linear
from enrichment.judging.linear import Models
from index.learning.release import Pointer, Release

MODELS, ACTIVE, RECORD = "models", "active.json", "release.json"
UNREADABLE = Pointer(manifest="unreadable")
"""The pointer where its file is damaged: some release is accepted, but not known which."""

_log = logging.getLogger(__name__)


class Releases:
    """The releases of one home, and the pointer to the accepted one."""

    def __init__(self, home: Path) -> None:
        self._models = home / MODELS
        self._active = self._models / ACTIVE

    def folder(self, version: str) -> Path:
        """Return where a release lies; raises ``NotFound`` for an invalid name."""
        if not version or Path(version).name != version or version.startswith("."):
            raise NotFound(f"there is no release {version!r}")
        return self._models / version

    def get(self, version: str) -> Release:
        """Return a release; raises ``NotFound``, and ``ReleaseDamaged`` where its record is not whole."""
        try:
            return Release.model_validate_json((self.folder(version) / RECORD).read_bytes())
        except OSError as error:
            raise NotFound(f"there is no release {version!r}") from error
        except ValidationError as error:
            raise ReleaseDamaged(f"the {RECORD} of release {version} is damaged: {faults(error)}") from error

    def versions(self) -> list[str]:
        """Return the version of every release, in order."""
        return sorted(path.parent.name for path in self._models.glob(f"*/{RECORD}"))

    def keep(self, release: Release, models: Models) -> Release:
        """Write a release with its models, whole or not at all, over what was learnt the same way.

        People's reasons against it stay; returns the release kept.
        """
        kept = release.refused_also(self._refusals(release.version))
        place = self.folder(kept.version)
        aside = place.with_name(f".{kept.version}.part")
        shutil.rmtree(aside, ignore_errors=True)
        linear.save(replace(models, settings={**models.settings, "release": kept.version}), aside)
        (aside / RECORD).write_text(kept.text(), "utf-8")
        if self.active().version == kept.version and place.is_dir():
            shutil.copyfile(aside / RECORD, place / RECORD)
            shutil.rmtree(aside)
        else:
            shutil.rmtree(place, ignore_errors=True)
            aside.rename(place)
        return kept

    def refuse(self, version: str, reason: str) -> None:
        """Record a person's reason against accepting a release; raises what ``get`` raises."""
        _write(self.folder(version) / RECORD, self.get(version).refused_also((reason,)).text())

    def lift(self, version: str) -> None:
        """Remove people's reasons against a release; raises what ``get`` raises."""
        _write(self.folder(version) / RECORD, self.get(version).lifted().text())

    def active(self) -> Pointer:
        """Return the pointer to the accepted release."""
        try:
            return Pointer.model_validate_json(self._active.read_bytes())
        except OSError:
            return Pointer()
        except ValidationError:
            return UNREADABLE

    def in_use(self) -> tuple[Path, str]:
        """Return the folder of the models that judge reports, and why the accepted release does not."""
        pointer = self.active()
        if not pointer.manifest:
            return linear.FOLDER, ""
        try:
            if pointer == UNREADABLE:
                raise ReleaseDamaged(f"{ACTIVE} is damaged, so the accepted release is not known")
            place = self.check(pointer.version)
            if digest(place) != pointer.manifest:
                raise ModelRefused(f"release {pointer.version} is not the one that was accepted")
        except (ModelRefused, NotFound) as error:
            _log.warning("%s; the models that come with Moriarty judge instead", error)
            return linear.FOLDER, str(error)
        return place, ""

    def described(self) -> str:
        """Return the version that judges reports, or why the accepted one does not; empty without one."""
        place, why = self.in_use()
        return f"not in use: {why}" if why else "" if place == linear.FOLDER else place.name

    def check(self, version: str) -> Path:
        """Return the folder of a release that is whole and rests on the present models.

        Raises ``NotFound``, ``ModelRefused`` where a file changed and ``ReleaseOutdated`` where Moriarty's
        own models did.
        """
        place = self.folder(version)
        base = self.get(version).base
        linear.load(place)
        if base != linear.load().fingerprint:
            raise ReleaseOutdated(
                f"release {version} was learnt on other models than Moriarty now has and must be learnt anew"
            )
        return place

    def activate(self, version: str) -> str:
        """Make a release the one that judges reports, and return the version it replaces.

        Raises what ``check`` raises, and ``WrongUse`` where it judges them already: the way back would be
        lost.
        """
        place, before = self.check(version), self.active()
        pointer = Pointer(version=version, manifest=digest(place), before=before.version)
        if (before.version, before.manifest) == (version, pointer.manifest):
            raise WrongUse(f"release {version} makes the suggestions already")
        self._point(pointer)
        return before.version

    def roll_back(self) -> tuple[str, str]:
        """Go back to the release before the accepted one, or to the shipped models; return both versions.

        Raises ``NotFound`` where none is accepted.
        """
        pointer = self.active()
        if not pointer.manifest:
            raise NotFound("no release is in use; the models that come with Moriarty judge")
        if pointer.before:
            place = self.check(pointer.before)
            self._point(Pointer(version=pointer.before, manifest=digest(place)))
        else:
            self._active.unlink()
        return pointer.version, pointer.before

    def copy_to(self, home: Path) -> None:
        """Copy the release in use to another home."""
        place, _ = self.in_use()
        if place != linear.FOLDER:
            shutil.copytree(place, home / MODELS / place.name)
            shutil.copyfile(self._active, home / MODELS / ACTIVE)

    def _refusals(self, version: str) -> tuple[str, ...]:
        try:
            return self.get(version).refused_by_people
        except (NotFound, ReleaseDamaged):
            return ()

    def _point(self, pointer: Pointer) -> None:
        _write(self._active, json.dumps(pointer.model_dump(), sort_keys=True) + "\n")


def digest(place: Path) -> str:
    """Return the digest of a release's manifest, which names the digests of its files."""
    return hashlib.sha256((place / linear.MANIFEST).read_bytes()).hexdigest()


def _write(target: Path, text: str) -> None:
    """Put a text in the place of a file, whole or not at all."""
    aside = target.with_name(f"{target.name}.part")
    aside.write_text(text, "utf-8")
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    aside.replace(target)
