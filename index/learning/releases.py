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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from collectors.errors import ModelRefused, NotFound, ReleaseOutdated, WrongUse
from enrichment.evaluation.figure import as_json
from enrichment.judging import linear
from enrichment.records import Subject

MODELS, ACTIVE, REPORT = "models", "active.json", "release.json"
BY_PEOPLE = "refused_by_people"
"""The key of a report under which people's reasons among all of ``refused`` are kept."""

_log = logging.getLogger(__name__)


def folder(home: Path, version: str) -> Path:
    """Return where a release lies; raises ``NotFound`` for an invalid name."""
    if not version or Path(version).name != version or version.startswith("."):
        raise NotFound(f"there is no release {version!r}")
    return home / MODELS / version


def report(home: Path, version: str) -> dict[str, Any]:
    """Return how a release came to be; raises ``NotFound``."""
    try:
        found: dict[str, Any] = json.loads((folder(home, version) / REPORT).read_text("utf-8"))
        return found if "taught" in found else _completed(found)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotFound(f"there is no release {version!r}") from error


def _completed(earlier: dict[str, Any]) -> dict[str, Any]:
    """Return the report of a release from before there were lessons on more than primary codes."""
    about = {"question": Subject.TYPOLOGY.value}
    taught = {**about, "lessons": earlier["lessons"], "strength": earlier.pop("strength", 0.0)}
    lists = {"guards": earlier["guards"], "parts": earlier["parts"]}
    lists["unseen"] = [earlier["unseen"]] if earlier["unseen"] else []
    rows = {name: [about | each for each in each_list] for name, each_list in lists.items()}
    return {**earlier, **rows, "taught": [taught]}


def refuse(home: Path, version: str, reason: str) -> None:
    """Record a person's reason against accepting a release; raises ``NotFound``."""
    found = report(home, version)
    add_refusals(found, [reason])
    _write(folder(home, version) / REPORT, as_json(found))


def lift(home: Path, version: str) -> None:
    """Remove people's reasons against a release; raises ``NotFound``."""
    found = report(home, version)
    by_people = found.pop(BY_PEOPLE, [])
    found["refused"] = [reason for reason in found["refused"] if reason not in by_people]
    _write(folder(home, version) / REPORT, as_json(found))


def refusals(home: Path, version: str) -> list[str]:
    """Return people's reasons against a release; empty for an unknown version."""
    try:
        return list(report(home, version).get(BY_PEOPLE, []))
    except NotFound:
        return []


def add_refusals(report: dict[str, Any], reasons: Sequence[str]) -> None:
    """Add people's reasons to what speaks against a release, marked as theirs."""
    if reasons:
        report[BY_PEOPLE] = [*report.get(BY_PEOPLE, []), *reasons]
        report["refused"] = [*report["refused"], *reasons]


def versions(home: Path) -> list[str]:
    """Return every release, by name."""
    return sorted(path.parent.name for path in (home / MODELS).glob(f"*/{REPORT}"))


def active(home: Path) -> dict[str, str]:
    """Return the pointer to the accepted release: version, manifest, before; empty where none is."""
    try:
        pointer = json.loads((home / MODELS / ACTIVE).read_text("utf-8"))
        return {name: str(pointer.get(name, "")) for name in ("version", "manifest", "before")}
    except OSError:
        return {}
    except (ValueError, AttributeError):
        return {"version": "", "manifest": "unreadable", "before": ""}


def in_use(home: Path) -> tuple[Path, str]:
    """Return the folder of the models that judge reports, and why it is not the accepted release, if so."""
    pointer = active(home)
    if not pointer.get("manifest"):
        return linear.FOLDER, ""
    try:
        place = check(home, pointer["version"])
        if digest(place) != pointer["manifest"]:
            raise ModelRefused(f"release {pointer['version']} is not the one that was accepted")
    except (ModelRefused, NotFound) as error:
        _log.warning("%s; the models that come with Moriarty judge instead", error)
        return linear.FOLDER, str(error)
    return place, ""


def described(home: Path) -> str:
    """Return the release that judges reports, or why the accepted one does not; empty without one."""
    place, why = in_use(home)
    return f"not in use: {why}" if why else "" if place == linear.FOLDER else place.name


def check(home: Path, version: str) -> Path:
    """Return the folder of a release that is whole and rests on the present models.

    Raises ``NotFound``, ``ModelRefused`` where a file changed and ``ReleaseOutdated`` where Moriarty's own
    models did.
    """
    place = folder(home, version)
    base = report(home, version).get("base")
    linear.load(place)
    if base != linear.load().fingerprint:
        raise ReleaseOutdated(
            f"release {version} was learnt on other models than Moriarty now has and must be learnt anew"
        )
    return place


def activate(home: Path, version: str) -> str:
    """Make a release the one that judges reports, and return the version it replaces.

    Raises what ``check`` raises, and ``WrongUse`` where it judges them already: the way back would be lost.
    """
    place = check(home, version)
    pointer = active(home)
    if pointer.get("version") == version and pointer["manifest"] == digest(place):
        raise WrongUse(f"release {version} makes the suggestions already")
    before = pointer.get("version", "")
    _point(home, {"version": version, "manifest": digest(place), "before": before})
    return before


def roll_back(home: Path) -> tuple[str, str]:
    """Go back to the release before the accepted one, or to the shipped models; return both versions.

    Raises ``NotFound`` where none is accepted.
    """
    pointer = active(home)
    if not pointer.get("manifest"):
        raise NotFound("no release is in use; the models that come with Moriarty judge")
    earlier = pointer["before"]
    if earlier:
        place = check(home, earlier)
        _point(home, {"version": earlier, "manifest": digest(place), "before": ""})
    else:
        (home / MODELS / ACTIVE).unlink()
    return pointer["version"], earlier


def lend(home: Path, other: Path) -> None:
    """Copy the release in use to another home."""
    place, _ = in_use(home)
    if place != linear.FOLDER:
        shutil.copytree(place, other / MODELS / place.name)
        shutil.copyfile(home / MODELS / ACTIVE, other / MODELS / ACTIVE)


def digest(place: Path) -> str:
    """Return the digest of a release's manifest, which names the digests of its files."""
    return hashlib.sha256((place / linear.MANIFEST).read_bytes()).hexdigest()


def _point(home: Path, pointer: dict[str, str]) -> None:
    _write(home / MODELS / ACTIVE, json.dumps(pointer, sort_keys=True) + "\n")


def _write(target: Path, text: str) -> None:
    """Put a text in the place of a file, whole or not at all."""
    aside = target.with_name(f"{target.name}.part")
    aside.write_text(text, "utf-8")
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    aside.replace(target)
