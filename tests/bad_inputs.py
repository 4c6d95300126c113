"""The hostile inputs of shared/bad_inputs.yaml as pytest parameters; one skipped case where the folder is absent."""

from collections.abc import Collection
from typing import Any

import pytest
import yaml

from tests.shared import _FOLDER, required


def cases(surface: str, *, classes: set[str] | None = None, later: Collection[str] = ()) -> list[Any]:
    """Return one parameter per case of a surface, named by its id; `later` are put off, each with its reason there."""
    path = _FOLDER / "bad_inputs.yaml"
    if not path.exists():
        if required("shared"):
            raise FileNotFoundError("shared/bad_inputs.yaml")
        reason = "shared/bad_inputs.yaml is not beside this checkout"
        return [pytest.param({}, id="absent", marks=pytest.mark.skip(reason=reason))]
    found = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return [
        pytest.param(case, id=case["id"])
        for case in found["cases"]
        if case["surface"] == surface and (classes is None or case["class"] in classes) and case["id"] not in later
    ]


def value_of(case: dict[str, Any]) -> Any:
    """Return the literal input of a case, or what its generator expression gives."""
    return case["input"] if "input" in case else eval(case["gen"])
