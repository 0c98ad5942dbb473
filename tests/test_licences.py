"""What a default install brings along must be free to use in a police force: no GPL and no AGPL."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement

# Offered under several licences, of which one without copyleft is taken.
CHOSEN = {"tld": "MPL-1.1"}


def runtime() -> dict[str, Distribution]:
    """Return every distribution a plain install needs, by name."""
    found: dict[str, Distribution] = {}
    waiting = ["moriarty-library"]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # needed elsewhere only: another platform or Python
        for line in found[name].requires or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                waiting.append(needed.name)
    return found


def said(package: Distribution) -> str:
    """Return all that a package says of its licence, whole licence texts left out."""
    fields = ("License-Expression", "License", "Classifier")
    lines = [line for field in fields for line in package.metadata.get_all(field) or []]
    return "; ".join(line for line in lines if len(line) < 200 and not line.startswith("Programming"))


def test_no_runtime_package_is_under_gpl() -> None:
    packages = runtime()
    assert len(packages) > 40
    gpl = re.compile(r"(?<!L)\b[A]?GPL|GNU (Affero )?General Public", re.IGNORECASE)
    offenders = {name: said(package) for name, package in packages.items() if gpl.search(said(package))}
    assert set(offenders) <= set(CHOSEN), offenders


def test_torch_is_never_in_a_default_install() -> None:
    assert not {"torch", "tensorflow", "jax"} & set(runtime())
