"""Which of nbgrader's extensions Jupyter loads here, as its configuration files say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path

# A server extension is on if a file says so; a later file of a better place wins.
SERVER = "nbgrader.server_extensions"
LAB = "@jupyter/nbgrader"


def extensions() -> dict[str, bool]:
    """Say of each of nbgrader's extensions that is installed whether it is enabled: those of the server, and JupyterLab's by its own name."""
    found: dict[str, bool] = {}
    lab_is_off: Any = False
    for folder in map(Path, reversed(jupyter_config_path())):
        for path in (*sorted(folder.glob("jupyter_server_config.d/*.json")), folder / "jupyter_server_config.json"):
            named = _read(path).get("ServerApp", {}).get("jpserver_extensions", {})
            found |= {name: bool(on) for name, on in named.items() if name.startswith(SERVER)}
        lab_is_off = _read(folder / "labconfig" / "page_config.json").get("disabledExtensions", {}).get(LAB, lab_is_off)
    return {**dict(sorted(found.items())), LAB: not lab_is_off} if found else {}


def _read(path: Path) -> dict[str, Any]:
    """Return what a file of settings says; {} for none, and for one that cannot be read: Jupyter itself passes over it."""
    try:
        read = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
