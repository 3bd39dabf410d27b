"""Rules of FHIR that fhir.resources does not enforce: status words, references, units, codes, a value or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

LOINC_KNOWN = {"8867-4", "44261-6", "70274-6"}
UCUM_KNOWN = {"/min", "{score}", "1"}
STATUS = {
    "Observation": {"registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"},
    "Procedure": {
        "preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown",
    },
    "QuestionnaireResponse": {"in-progress", "completed", "amended", "entered-in-error", "stopped"},
    "AdverseEvent": {"in-progress", "completed", "entered-in-error", "unknown"},
    "CodeSystem": {"draft", "active", "retired", "unknown"},
}  # fmt: skip
LOCAL = "urn:uuid:6f4d3c52-6b0e-4c0a-9c3b-2f6f0d1e7a55"


def broken_rules(bundle: dict[str, Any], *, r4b: bool) -> list[str]:
    """What breaks a rule, in words; nothing where all hold."""
    return list(_broken(bundle, r4b))


def _broken(bundle: dict[str, Any], r4b: bool) -> Iterator[str]:
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    if len(set(urls)) != len(urls):
        yield "two entries have the same fullUrl"
    systems = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "CodeSystem"]
    ours = {code["code"] for system in systems for code in system["concept"]}
    for entry in bundle["entry"]:
        resource = entry["resource"]
        kind = resource["resourceType"]
        if entry["fullUrl"] != f"urn:uuid:{resource['id']}":
            yield f"{kind}: id and fullUrl differ"
        if (
            kind in STATUS
            and not (kind == "AdverseEvent" and r4b)
            and resource.get("status") not in STATUS[kind]
        ):
            yield f"{kind}: status {resource.get('status')}"
        for path, value in _walk(resource, kind):
            if isinstance(value, dict):
                yield from _node(path, value, urls, ours)
            elif value in ("", [], None) or value == {}:
                yield f"{path}: empty"
        if kind == "Observation":
            yield from _observation(resource)


def _node(path: str, value: dict[str, Any], urls: list[str], ours: set[str]) -> Iterator[str]:
    if not value:
        yield f"{path}: empty"
    if "reference" in value and isinstance(value["reference"], str) and value["reference"] not in urls:
        yield f"{path}: {value['reference']} is not in the bundle"
    if path.endswith(".valueQuantity"):
        if not {"value", "unit", "system", "code"} <= value.keys():
            yield f"{path}: a quantity lacks something"
        elif value["system"] != "http://unitsofmeasure.org" or value["code"] not in UCUM_KNOWN:
            yield f"{path}: unit {value['code']}"
    if "system" in value and "code" in value and "display" in value:
        if value["system"] == "http://loinc.org" and value["code"] not in LOINC_KNOWN:
            yield f"{path}: LOINC {value['code']} is not known"
        if value["system"] == LOCAL and value["code"] not in ours:
            yield f"{path}: {value['code']} is not in the bundle's code system"


def _observation(resource: dict[str, Any]) -> Iterator[str]:
    values = [name for name in resource if name.startswith("value")]
    if len(values) + ("dataAbsentReason" in resource) != 1:
        yield "Observation: a value, or why there is none"
    if not resource.get("category") or not resource.get("code") or not resource.get("subject"):
        yield "Observation: category, code and subject are asked for"
    vital = any(c["code"] == "vital-signs" for each in resource.get("category", []) for c in each["coding"])
    if vital and not any(name.startswith("effective") for name in resource):
        yield "vital signs have a time"


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _walk(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, path)
