"""Prints what Tenure is made of as a CycloneDX bill of materials: `make sbom`. The same pins give the same bytes."""

import json
import re
import sys
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

PINS = Path(__file__).with_name("runtime.txt")
_PIN = re.compile(r"^(?P<name>[\w.-]+)(\[[\w,-]+\])?==(?P<version>[^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_CLASSIFIER = "License :: "


def components(pins: str) -> list[dict[str, Any]]:
    """One component for each pin, with the SHA-256 of every file that the pin admits."""
    found: list[dict[str, Any]] = []
    for line in pins.splitlines():
        if pin := _PIN.match(line):
            found.append(_component(pin["name"], pin["version"]))
        for digest in _HASH.findall(line):
            found[-1]["hashes"].append({"alg": "SHA-256", "content": digest})
    return found


def bill(pins: str) -> dict[str, Any]:
    """The whole bill, CycloneDX 1.6."""
    about = metadata("tenure")
    product = {"type": "application", "name": "tenure", "version": about["Version"], "licenses": licences(about)}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": product},
        "components": components(pins),
    }


def licences(about: PackageMetadata) -> list[dict[str, Any]]:
    """What a package says of its licence: the SPDX expression, else its classifiers, else its licence line."""
    if expression := about.get("License-Expression"):
        return [{"expression": expression}]
    classified = [x for x in about.get_all("Classifier") or [] if x.startswith(_CLASSIFIER)]
    names = [x.rpartition(" :: ")[2] for x in classified] or (about.get("License") or "").splitlines()[:1]
    return [{"license": {"name": name.strip()}} for name in names if name.strip()]


def _component(name: str, version: str) -> dict[str, Any]:
    known: dict[str, Any] = {"type": "library", "name": name, "version": version, "purl": f"pkg:pypi/{name}@{version}"}
    try:
        known["licenses"] = licences(metadata(name))
    except PackageNotFoundError:
        # Pinned for another platform; its licence stands in the package, which is not here.
        known["licenses"] = []
    return known | {"hashes": []}


if __name__ == "__main__":
    json.dump(bill(PINS.read_text(encoding="utf-8")), sys.stdout, indent=1)
