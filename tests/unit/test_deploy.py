"""What `deploy/` says agrees with itself and with the grader. No container is started here."""

from __future__ import annotations

import importlib.util
import json
import subprocess

import pytest
import yaml

from autograder import settings
from autograder.cli import jupyter_extensions
from autograder.sandbox.linux.syscalls import NUMBERS

DEPLOY = settings.root() / "deploy"


def seccomp():
    spec = importlib.util.spec_from_file_location("deploy_seccomp", DEPLOY / "seccomp.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_compose_names_files_that_are_there_and_volumes_that_it_declares():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    hub = compose["services"]["hub"]
    assert (DEPLOY / hub["build"]["context"] / hub["build"]["dockerfile"]).is_file()
    assert {volume.split(":")[0] for volume in hub["volumes"]} == set(compose["volumes"])
    config = (DEPLOY / "jupyterhub_config.py").read_text("utf-8")
    for volume in hub["volumes"]:
        place = volume.split(":")[1]
        assert place == "/home" or place in config
    assert (DEPLOY / "nbgrader_config.py").read_text("utf-8").count("/srv/nbgrader/exchange") == 1


def test_the_profile_keeps_docker_s_rules_and_adds_calls_that_there_are():
    rule = {"names": ["read"], "action": "SCMP_ACT_ALLOW"}
    made = seccomp().extended({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [rule]})
    assert made["defaultAction"] == "SCMP_ACT_ERRNO" and made["syscalls"][0] == rule and len(made["syscalls"]) == 2
    assert set(made["syscalls"][1]["names"]) <= {*NUMBERS, "sethostname"}
    with pytest.raises(ValueError, match="no seccomp profile"):
        seccomp().extended({})


def test_the_steps_of_the_image_are_a_script_that_the_shell_reads():
    assert "deploy/install.sh" in (DEPLOY / "Dockerfile").read_text("utf-8")
    subprocess.run(["sh", "-n", DEPLOY / "install.sh"], check=True)


def test_the_doctor_says_which_of_nbgraders_extensions_are_on(tmp_path, monkeypatch):
    off = {"ServerApp": {"jpserver_extensions": {"nbgrader.server_extensions.formgrader": False, "other": True}}}
    (tmp_path / "jupyter_server_config.json").write_text(json.dumps(off))
    before = jupyter_extensions.extensions()
    assert before["nbgrader.server_extensions.formgrader"] and before["@jupyter/nbgrader"] and "other" not in before
    (tmp_path / "labconfig").mkdir()
    (tmp_path / "labconfig" / "page_config.json").write_text('{"disabledExtensions": {"@jupyter/nbgrader": true}}')
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    after = jupyter_extensions.extensions()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"nbgrader.server_extensions.formgrader", "@jupyter/nbgrader"}
