"""The typology as data: concepts checked at load, families, siblings, crosswalks and search words."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from collectors.errors import ModelRefused
from enrichment.data_files import read_yaml
from enrichment.records import Concept, ConceptKind

SOURCE = Path(__file__).with_name("typology.yaml")
_FIELDS = set(Concept.model_fields)


class Typology:
    """All concepts of one version, by id. Make one with ``Typology.load()``."""

    def __init__(
        self,
        version: str,
        concepts: dict[str, Concept],
        names: dict[str, tuple[str, ...]],
        facets: dict[str, tuple[str, ...]],
        date: str = "",
    ) -> None:
        self.version, self.date = version, date
        self._concepts = concepts
        self._names = names
        self._facets = facets

    @classmethod
    def load(cls, path: Path | None = None) -> "Typology":
        """Read and check a typology file; raises ModelRefused where an id repeats or a reference dangles."""
        try:
            data = read_yaml(path or SOURCE)
            concepts, names = _read(data)
            facets = {name: _values(facet) for name, facet in data["facets"].items()}
        except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
            raise ModelRefused(f"the typology cannot be read: {error}") from error
        _check(concepts, facets, data.get("schemes", {}))
        return cls(str(data["version"]), _symmetric(concepts), names, facets, str(data.get("date", "")))

    def __contains__(self, id: str) -> bool:
        return id in self._concepts

    def concept(self, id: str) -> Concept:
        """Return the concept with this id; raises KeyError where there is none."""
        return self._concepts[id]

    def families(self) -> tuple[Concept, ...]:
        """Return the families in file order."""
        return self._kind(ConceptKind.FAMILY)

    def leaves(self) -> tuple[Concept, ...]:
        """Return the leaves in file order."""
        return self._kind(ConceptKind.LEAF)

    def scopes(self) -> tuple[Concept, ...]:
        """Return the scope codes, which say why something is not AI crime."""
        return self._kind(ConceptKind.SCOPE)

    def codes(self) -> tuple[str, ...]:
        """Return the ids an incident can be coded with: leaves, then scope codes."""
        return tuple(concept.id for concept in self.leaves() + self.scopes())

    def siblings(self, id: str) -> tuple[str, ...]:
        """Return the leaves this one is mistaken for; empty for anything but a leaf."""
        return self._concepts[id].confusable

    def family_of(self, id: str) -> str:
        """Return the family of a leaf, ``X`` for a scope code, the id itself for a family."""
        concept = self._concepts[id]
        if concept.kind is ConceptKind.SCOPE:
            return id.partition("-")[0]
        return concept.parent or concept.id

    def label(self, id: str) -> str:
        """Return the label in plain words."""
        return self._concepts[id].label

    def offences(self, id: str) -> tuple[Concept, ...]:
        """Return the offence pointers of a leaf."""
        return tuple(self._concepts[key] for key in self._concepts[id].offences)

    def countermeasures(self, id: str) -> tuple[Concept, ...]:
        """Return the countermeasures of a leaf."""
        return tuple(self._concepts[key] for key in self._concepts[id].countermeasures)

    def is_leaf(self, id: str) -> bool:
        """Return whether the id names a leaf."""
        return id in self._concepts and self._concepts[id].kind is ConceptKind.LEAF

    def in_scope(self, id: str) -> bool:
        """Return whether the code says AI crime: any leaf or family, no scope code."""
        return id in self._concepts and self._concepts[id].kind in (ConceptKind.LEAF, ConceptKind.FAMILY)

    def facet_values(self, name: str) -> tuple[str, ...]:
        """Return the allowed values of a facet; raises KeyError where there is no such facet."""
        return self._facets[name]

    def names(self, id: str) -> tuple[str, ...]:
        """Return what a concept is called: of a leaf its label, slug and synonyms."""
        return self._names.get(id, (self._concepts[id].label,))

    def words(self, id: str) -> tuple[str, ...]:
        """Return the phrases that tell of a concept: its label, of a leaf also slug, indicators and synonyms.

        An indicator such as ``never met in person`` is a sign that a report may have, not a name.
        """
        label, *others = self.names(id)
        slug = others[: 1 if self.is_leaf(id) else 0]
        return tuple(dict.fromkeys((label, *slug, *self._concepts[id].indicators, *others)))

    def find(self, words: str) -> tuple[Concept, ...]:
        """Return families, leaves and scope codes whose id, label or words hold every word, best first."""
        wanted = _tokens(words)
        if not wanted:
            return ()
        scored = [
            (_overlap(wanted, [concept.id, *self.words(concept.id)]), concept)
            for concept in self.families() + self.leaves() + self.scopes()
        ]
        found = [(score, concept) for score, concept in scored if score > 0]
        return tuple(concept for _, concept in sorted(found, key=lambda pair: -pair[0]))

    def _kind(self, kind: ConceptKind) -> tuple[Concept, ...]:
        return tuple(concept for concept in self._concepts.values() if concept.kind is kind)


def _values(facet: dict[str, Any] | list[str]) -> tuple[str, ...]:
    return tuple(facet["extra"]) if isinstance(facet, dict) else tuple(facet)


def _tokens(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower()))


def _overlap(wanted: set[str], phrases: list[str]) -> float:
    """Score 2 for an equal phrase, up to 1 for one that holds the words, 0.5 for all phrases together."""
    sets = [_tokens(phrase) for phrase in phrases]
    within = [len(wanted) / len(words) for words in sets if wanted <= words]
    if within:
        return max(within) + (max(within) == 1.0)
    return 0.5 if wanted <= set().union(*sets) else 0.0


def _read(data: dict[str, Any]) -> tuple[dict[str, Concept], dict[str, tuple[str, ...]]]:
    concepts: dict[str, Concept] = {}
    names: dict[str, tuple[str, ...]] = {}
    for concept in _concepts(data):
        if concept.id in concepts:
            raise ValueError(f"{concept.id} is defined twice")
        concepts[concept.id] = concept
    for leaf in data["techniques"]:
        called = (leaf["label"], leaf["slug"].replace("-", " "), *leaf.get("synonyms", ()))
        names[leaf["id"]] = tuple(dict.fromkeys(called))
    return concepts, names


def _concepts(data: dict[str, Any]) -> Iterator[Concept]:
    for family in data["families"]:
        yield Concept(
            id=family["id"], kind=ConceptKind.FAMILY, label=family["label"], definition=family["scope"]
        )
    for leaf in data["techniques"]:
        known = {name: value for name, value in leaf.items() if name in _FIELDS}
        yield Concept(kind=ConceptKind.LEAF, parent=leaf["id"].partition("-")[0], **known)
    for scope in data["scope_codes"]:
        yield Concept(id=scope["id"], kind=ConceptKind.SCOPE, label=scope["label"], definition=scope["rule"])
    for offence in data["offences"]:
        yield Concept(
            id=offence["id"], kind=ConceptKind.OFFENCE, label=offence["label"], definition=offence["ref"]
        )
    for measure in data["countermeasures"]:
        yield Concept(
            id=measure["id"],
            kind=ConceptKind.COUNTERMEASURE,
            label=measure["label"],
            maps={"atlas": tuple(measure.get("atlas", ()))},
        )


def _check(concepts: dict[str, Concept], facets: dict[str, tuple[str, ...]], schemes: dict[str, Any]) -> None:
    """Raise ModelRefused where a leaf points at something that is not there."""
    for concept in concepts.values():
        parents = (concept.parent,) if concept.parent else ()
        for id in (*parents, *concept.confusable, *concept.offences, *concept.countermeasures):
            if id not in concepts:
                raise ModelRefused(f"the typology's {concept.id} refers to {id}, which is not defined")
        for facet in ("modality", "crime_area"):
            if unknown := set(getattr(concept, facet)) - set(facets[facet]):
                raise ModelRefused(f"the typology's {concept.id} has an unknown {facet}: {sorted(unknown)}")
        if unknown := set(concept.maps) - set(schemes) - {"atlas"}:
            raise ModelRefused(f"the typology's {concept.id} maps to unknown schemes: {sorted(unknown)}")
        _check_items(concept, schemes)


def _check_items(concept: Concept, schemes: dict[str, Any]) -> None:
    for scheme, items in concept.maps.items():
        known = schemes.get(scheme, {}).get("items")
        if known is not None and (dangling := set(items) - {str(item) for item in known}):
            raise ModelRefused(
                f"the typology's {concept.id} maps to no such {scheme} item: {sorted(dangling)}"
            )


def _symmetric(concepts: dict[str, Concept]) -> dict[str, Concept]:
    """Return the concepts with confusable read both ways: A-B counts if either names the other."""
    mutual = {id: list(concept.confusable) for id, concept in concepts.items()}
    for id, concept in concepts.items():
        for other in concept.confusable:
            if id not in mutual[other]:
                mutual[other].append(id)
    return {
        id: concept.model_copy(update={"confusable": tuple(mutual[id])}) for id, concept in concepts.items()
    }
