"""What `deploy/` says agrees with itself and with the grader. No container is started here."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from packaging.requirements import Requirement
from traitlets.config import Config

from autograder import settings
from autograder.cli import jupyter_extensions
from autograder.hosts.publish import leaks
from autograder.hosts.publish.contents import contents
from autograder.sandbox.linux.syscalls import NUMBERS

DEPLOY = settings.root() / "deploy"


def module(name: str):
    spec = importlib.util.spec_from_file_location(f"deploy_{name}", DEPLOY / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stat_with(owners, real):
    """`Path.stat`, with other owners."""

    def stat(path, **options):
        found = list(real(path, **options))
        found[4] = owners.get(path.name, found[4])
        return os.stat_result(found)

    return stat


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """What `jupyterhub_config.py` sets and defines, with places below a folder; `made` holds the accounts that were asked for."""
    places = {
        "homes": tmp_path / "home",
        "exchange": tmp_path / "exchange",
        "state": tmp_path / "state",
        "course": tmp_path / "course",
    }
    for name in ("homes", "course"):
        places[name].mkdir()
    text = (DEPLOY / "jupyterhub_config.py").read_text("utf-8")
    for before, name in (
        ("/home", "homes"),
        ("/srv/nbgrader/exchange", "exchange"),
        ("/srv/jupyterhub", "state"),
        ("/srv/instructors/course", "course"),
    ):
        assert text.count(f'Path("{before}")') == 1
        text = text.replace(f'Path("{before}")', f"Path({str(places[name])!r})")
    config, made, owners = Config(), [], {"course": 1000}
    given = []
    monkeypatch.setattr(os, "chown", lambda path, user, group: given.append((Path(path).name, user)))
    monkeypatch.setattr(Path, "stat", stat_with(owners, Path.stat))
    monkeypatch.setenv("COLOURING_INSTRUCTORS", "ada bob")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: SimpleNamespace(submodule_search_locations=[name]))
    defined = {"get_config": lambda: config, "c": None}
    exec(compile(text, "jupyterhub_config.py", "exec"), defined)

    def run(command, check):
        made.append(command)
        owners[command[-1]] = uid_of(command)
        (places["homes"] / command[-1]).mkdir(mode=0o755, exist_ok=True)

    monkeypatch.setattr(subprocess, "run", run)
    return SimpleNamespace(
        config=config,
        made=made,
        owners=owners,
        given=given,
        **places,
        **{k: v for k, v in defined.items() if callable(v)},
    )


def started(hub, name: str) -> SimpleNamespace:
    """A server that the hub is about to start for somebody."""
    spawner = SimpleNamespace(user=SimpleNamespace(name=name))
    hub.config.Spawner.pre_spawn_hook(spawner)
    return spawner


def uid_of(command: list[str]) -> int:
    return int(command[command.index("--uid") + 1])


def test_compose_names_files_that_are_there_and_volumes_that_it_declares():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    hub = compose["services"]["hub"]
    assert (DEPLOY / hub["build"]["context"] / hub["build"]["dockerfile"]).is_file()
    sources = {volume.split(":")[0] for volume in hub["volumes"]}
    assert sources - {".."} == set(compose["volumes"])
    config = (DEPLOY / "jupyterhub_config.py").read_text("utf-8")
    for volume in hub["volumes"]:
        assert f'Path("{volume.split(":")[1]}")' in config
    assert (DEPLOY / "nbgrader_config.py").read_text("utf-8").count("/srv/nbgrader/exchange") == 1


def test_the_image_holds_nothing_of_an_answer_or_a_check():
    """Whatever the build can see is copied by name, and none of it is the course's."""
    secrets = leaks.Secrets.of(settings.root())
    seen = [line.removeprefix("!") for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()[1:]]
    assert seen[0] == "*" and len(seen) > 1
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert {name for line in copied for name in line.split()} == set(seen[1:])
    for name in seen[1:]:
        place = settings.root() / name
        for path in [place] if place.is_file() else place.rglob("*"):
            assert not path.is_file() or not secrets.in_text(path.read_bytes()), path


def test_the_students_packages_are_those_of_their_repository(tmp_path):
    """After another requirement: `autograder publish build/students`, and copy its requirements.txt to deploy/students.txt."""
    assert (DEPLOY / "students.txt").read_bytes() == contents(settings.root())["requirements.txt"]


def test_the_graders_packages_are_those_of_the_package():
    wanted = module("requirements").requirements(["networks", "nbgrader"])
    own = [Requirement(text) for text in metadata.requires("autograder")]
    extras = ("", "networks", "nbgrader", "grader")
    named = {str(Requirement(text)) for text in wanted}
    for one in own:
        if one.name != "autograder" and any(
            one.marker is None or one.marker.evaluate({"extra": extra}) for extra in extras
        ):
            one.marker = None
            assert str(one) in named


def test_a_student_has_no_grader_and_an_instructor_works_in_the_course(hub):
    student, teacher = started(hub, "zoe"), started(hub, "ada")
    assert student.cmd == ["/opt/colouring/students/bin/jupyterhub-singleuser"] and student.notebook_dir == "~"
    assert teacher.cmd[-1] == "/opt/colouring/grader/bin/jupyterhub-singleuser" and str(hub.course) in teacher.cmd[2]
    assert teacher.notebook_dir == str(hub.course)
    assert "grader" not in student.environment["PATH"]
    assert hub.made[1][6:8] == ["--gid", "instructors"] and "instructors" not in hub.made[0]
    assert {home.name: home.stat().st_mode & 0o777 for home in hub.homes.iterdir()} == {"zoe": 0o700, "ada": 0o700}
    assert hub.state.stat().st_mode & 0o777 == 0o700


def test_accounts_of_a_new_container_are_those_of_the_homes(hub):
    """A container that is made anew has lost its accounts; nobody may get the id of another one's home."""
    homes = {"ana": 10_005, "ben": 10_002}
    hub.owners |= homes
    for name in homes:
        (hub.homes / name).mkdir()
    for name in ("zoe", "ben", "ana", "ada"):
        started(hub, name)
    assert {command[-1]: uid_of(command) for command in hub.made} == {"zoe": 10_006, **homes, "ada": 1000}


def test_all_homes_have_accounts_when_the_hub_starts_and_one_that_cannot_stops_nobody(hub, capsys):
    for name in ("ana", "daemon", "zoe"):
        (hub.homes / name).mkdir()
    hub.owners |= {"ana": 10_005, "zoe": 10_002}
    hub.bring_accounts_back()
    assert [command[-1] for command in hub.made] == ["ana", "zoe"] and "the system's own" in capsys.readouterr().err


def test_no_student_can_take_the_place_of_the_courses_folder_in_the_exchange(hub):
    """In a folder that everybody may write to, everybody may rename what is in it, unless it has the sticky bit."""
    course = hub.exchange / "colouring"
    assert hub.exchange.stat().st_mode & 0o7777 == 0o1777 and course.stat().st_mode & 0o002 == 0
    assert hub.given == [("colouring", 1000)], "the first instructor's, who owns the course's folder"
    text = (DEPLOY / "nbgrader_config.py").read_text("utf-8")
    assert 'course_id = "colouring"' in text and "c.WholeCollect.own_login = True" in text


@pytest.mark.parametrize("name", ["root", "daemon", "nobody"])
def test_nobody_gets_a_server_as_the_system(hub, name):
    with pytest.raises(RuntimeError, match="the system's own"):
        started(hub, name)
    assert not hub.made and name in hub.config.Authenticator.blocked_users


def test_names_are_those_of_accounts(hub):
    allowed = re.compile(hub.config.Authenticator.username_pattern).match
    assert allowed("ana-2") and not any(map(allowed, ("", "-x", "Ana", "ana b", "../ana", "ana\n", "a" * 40, "4711")))


def test_the_profile_keeps_docker_s_rules_and_adds_calls_that_there_are():
    rule = {"names": ["read"], "action": "SCMP_ACT_ALLOW"}
    made = module("seccomp").extended({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [rule]})
    assert made["defaultAction"] == "SCMP_ACT_ERRNO" and made["syscalls"][0] == rule and len(made["syscalls"]) == 2
    assert set(made["syscalls"][1]["names"]) <= {*NUMBERS, "sethostname"}
    with pytest.raises(ValueError, match="no seccomp profile"):
        module("seccomp").extended({})


def test_the_steps_of_the_image_are_scripts_that_the_shell_reads():
    for name in ("install.sh", "start.sh"):
        assert f"deploy/{name}" in (DEPLOY / "Dockerfile").read_text("utf-8")
        assert os.access(DEPLOY / name, os.X_OK)
        subprocess.run(["sh", "-n", DEPLOY / name], check=True)


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
