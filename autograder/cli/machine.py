"""What `autograder doctor` finds: whether this machine can grade, its limits and versions."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict
from importlib import metadata
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from autograder import environment, settings
from autograder.cli.jupyter_extensions import extensions
from autograder.grading.score import PACKAGES as ALWAYS_SHOWN
from autograder.sandbox import doctor as sandbox_doctor
from autograder.sandbox import visible
from autograder.settings import MIB

PACKAGES = [
    "autograder",
    "nbgrader",
    "jupyter_client",
    "ipykernel",
    "nbclient",
    "pytest",
    "numpy",
    "scikit-image",
    "matplotlib",
    "tensorflow",
    "keras",
]

GREED = {
    "memory": "too much memory",
    "tasks": "too many processes",
    "disk": "too much disk space",
    "time": "too long",
}
# Each limit of `settings.Limits`: its unit, and what it bounds. Bytes are shown in MB of 1024 × 1024 bytes.
SECONDS, BYTES = "seconds", "bytes"
LIMIT = {
    "kernel_start": (SECONDS, "until a kernel answers for the first time"),
    "cell": (SECONDS, "for one cell"),
    "notebook": (SECONDS, "for all cells of a notebook"),
    "question": (SECONDS, "for one call of a student's function"),
    "answers": (SECONDS, "for all calls of a notebook's functions"),
    "training": (SECONDS, "for the training of a student's network in the grader"),
    "network_memory": (BYTES, "memory of the process that trains a student's network"),
    "stretch": ("times", "as long as such a limit may last on a busy machine"),
    "interrupt": (SECONDS, "until a kernel that does not obey is killed"),
    "submission": (SECONDS, "for one submission in all"),
    "restarts": ("kernels", "started anew for one notebook"),
    "memory": (BYTES, "memory of all processes of a notebook"),
    "disk": (BYTES, "files that a notebook writes"),
    "tasks": ("processes and threads", "of a notebook; an eighth of that in processes"),
    "cell_output": (BYTES, "text and pictures of one cell"),
    "notebook_output": (BYTES, "text and pictures of all cells"),
    "reply": (BYTES, "one message of a kernel"),
    "grader": (BYTES, "that the grader's own process may grow by"),
    "notebook_bytes": (BYTES, "a notebook file that is handed in"),
    "extra_file_bytes": (BYTES, "one file that is handed in with it"),
    "extra_files": ("files", "that are handed in with it"),
    "collected_bytes": (BYTES, "all files of one student in a download of an LMS"),
    "collected_files": ("files", "of one student in a download of an LMS"),
    "cells": ("cells", "of a notebook that is handed in"),
    "cell_characters": ("characters", "of one cell"),
    "message_characters": ("characters", "of one message on a feedback page"),
    "shown_cell": ("characters", "of one cell that a page shows"),
    "shown_lines": ("lines", "of one cell that a page shows"),
    "shown_line": ("characters", "of one line of code that a page shows"),
    "shown_output": ("characters", "of one output that a page shows"),
    "shown_colours": ("changes of colour", "in one output that a page shows"),
    "shown_text": ("characters", "of all cells, and of all outputs, that a page shows"),
    "shown_parts": ("outputs", "that a page shows"),
    "drawing": (SECONDS, "of processor time to draw one cell of a page"),
    "page": (SECONDS, "to draw one page"),
}


def examine() -> dict[str, Any]:
    """Return all that `autograder doctor --json` prints of a machine; "ok" says whether student code can be run in a sandbox that holds."""
    sandbox = sandbox_doctor.examine()
    refusals = environment.reasons_not_to_grade()
    held = sandbox["sandbox"] != "none"
    return {
        "ok": held and all(sandbox["ended"].values()) and not refusals,
        "refusals": refusals,
        **sandbox,
        "packages": [ALWAYS_SHOWN, *settings.packages()],
        "limits_file": str(settings.limits_file()),
        "timezone": settings.time_zone(),
        "limits": asdict(settings.limits()),
        "units": {name: unit for name, (unit, _) in LIMIT.items()},
        "machine": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "root": hasattr(os, "geteuid") and os.geteuid() == 0,
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in PACKAGES},
        "gpu": gpus(),
        "importable": list(visible.visible().distributions),
        "extensions": extensions(),
    }


def gpus() -> list[str]:
    """Name the graphics cards that the grader's own training can use."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        import tensorflow as tf

        return [device.name for device in tf.config.list_physical_devices("GPU")]
    except Exception as error:  # a broken driver is a finding, not a crash
        return [f"cannot be asked ({type(error).__name__})"]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def for_people(found: dict[str, Any]) -> Group:
    """Render the same for people."""
    lines = Text()
    good, bad = ("✓ ", "bold green"), ("✗ ", "bold red")

    def line(ok: bool, text: str) -> None:
        lines.append(*(good if ok else bad))
        lines.append(text + "\n")

    line(
        found["sandbox"] != "none",
        f"sandbox: {found['sandbox']} (probe {found['escape_test_seconds'] * 1000:.0f} ms)",
    )
    for why in found["refusals"]:
        line(False, why)
    for name, why in found["what_got_out"].items():
        line(False, f"{name}: a program in this sandbox {why}")
    for name, ended in found["ended"].items():
        what = f"a program that takes {GREED[name]}"
        line(ended, f"{what} is ended" if ended else f"{what} is not ended")
    if found["sandbox"] != "none":
        where = "counted too (a memory cgroup)" if found["cgroup"] else "bounded, not counted (no memory cgroup)"
        line(True, f"what the machine's kernel holds for a box is {where}")
        taken = "without what other programs take" if found["fair_time"] else "with what other programs take"
        line(True, f"seconds of limits count {taken} of the processors")
    line(True, f"{found['machine']}, {found['cores']} cores, Python {found['python']}")
    line(True, f"GPU for the judge: {', '.join(found['gpu']) or 'none'}")
    line(
        True,
        f"student code may import Python's own modules, {', '.join(found['packages'])}; more: packages in {found['limits_file']}",
    )
    line(True, f"times without a zone are read in {found['timezone']}, and times are shown in it")
    if "stale" in found:
        for what in found["stale"]:
            line(False, what)
        if not found["stale"]:
            line(True, "this course folder: grades and pages agree with the gradebook")
    if found["sandbox"] == "none" or not all(found["ended"].values()):
        lines.append(
            "\nHere student code is run only with --no-sandbox (or AUTOGRADER_SANDBOX=none), and every grade says so.\n"
            "What helps: Linux 5.12 or newer; root, or user namespaces for everybody (on Ubuntu 24.04:\n"
            "sysctl kernel.apparmor_restrict_unprivileged_userns=0). In a Docker container its own profile refuses what builds a sandbox:\n"
            "--security-opt seccomp=seccomp.json (deploy/seccomp.py makes it), apparmor=unconfined and systempaths=unconfined; --privileged\n"
            "allows that, too, and much more. In a chroot the kernel lets only root make namespaces; a container is none.\n"
        )
    return Group(lines, *_tables(found))


def _tables(found: dict[str, Any]) -> list[Table | Text]:
    """Limits, versions, and the extensions of nbgrader's in Jupyter."""
    table = Table(
        "limit",
        "value",
        "of what",
        title=f"Limits (a line in {found['limits_file']} changes one)",
        title_justify="left",
        box=None,
    )
    for name, value in found["limits"].items():
        unit, about = LIMIT.get(name, ("", ""))
        table.add_row(name, f"{value / MIB:,g} MB" if unit == BYTES else f"{value:,.10g} {unit}", about)
    versions = Table("package", "version", title="Versions", title_justify="left", box=None)
    for name, version in found["versions"].items():
        versions.add_row(name, version)
    plugged = Table("extension of nbgrader's", "enabled", title="Jupyter", title_justify="left", box=None)
    for name, on in found["extensions"].items():
        plugged.add_row(name, "yes" if on else "no")
    return [table, Text(), versions, Text(), plugged]
