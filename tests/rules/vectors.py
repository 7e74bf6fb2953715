import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
ASSETS = Path(__file__).parents[2] / "assets"


def vectors(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def reference(name: str) -> Any:
    return json.loads((ASSETS / "reference" / f"{name}.json").read_text(encoding="utf-8"))
