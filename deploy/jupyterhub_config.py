"""The hub: users who sign up and are let in by an instructor, an account and a server for each, and the grader for instructors only."""

import os
import pwd
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

PREFIX = "/opt/colouring"
COURSE = Path("/srv/instructors/course")
HOMES, EXCHANGE, STATE = Path("/home"), Path("/srv/nbgrader/exchange"), Path("/srv/jupyterhub")
COURSE_ID = "colouring"  # as in nbgrader_config.py
INSTRUCTORS = os.environ.get("COLOURING_INSTRUCTORS", "instructor").split()
# Accounts of students begin here: far from those of the system, and of people on most hosts.
FIRST_UID = 10_000


def uid_for(name):
    """Choose the user id of a new account.

    The container's accounts go when it is made anew and homes stay. So a home that is there says whose it is, the first instructor is the
    course's owner, and nobody gets an id that a home has.
    """
    owners = {home.name: home.stat().st_uid for home in HOMES.iterdir()}
    if name == INSTRUCTORS[0]:
        return COURSE.stat().st_uid
    return owners.get(name) or max(FIRST_UID - 1, COURSE.stat().st_uid, *owners.values()) + 1


def make_account(name):
    """Make the container's account of a user, with a home that is closed to others; RuntimeError for an account of the system's own."""
    home = HOMES / name
    try:
        if pwd.getpwnam(name).pw_dir == str(home):
            return
        raise RuntimeError(f"{name} is an account of the system's own.")
    except KeyError:
        pass
    uid = uid_for(name)
    if any(other.name != name and other.stat().st_uid == uid for other in HOMES.iterdir()) or uid < 1000:
        raise RuntimeError(
            f"{name} would be user {uid}, who is somebody else. Change the owner of {COURSE} or of {home}."
        )
    # What one instructor makes in the course's folder, the others may change.
    groups = ["--gid", "instructors"] if name in INSTRUCTORS else []
    command = [
        "useradd",
        "--create-home",
        "--shell",
        "/bin/bash",
        "--uid",
        str(uid),
        *groups,
        "-K",
        "HOME_MODE=0700",
        name,
    ]
    subprocess.run(command, check=True)
    # Where somebody made the home by other means.
    home.chmod(0o700)


def prepare(spawner):
    """Before a server starts: the account, and the environment. Instructors have the grader, in the course's folder."""
    name = spawner.user.name
    make_account(name)
    teaches = name in INSTRUCTORS
    programs = f"{PREFIX}/{'grader' if teaches else 'students'}/bin"
    # nbgrader reads the course's nbgrader_config.py from the folder that a server is started in.
    start = ["sh", "-c", f'umask 002 && cd {COURSE} && exec "$0" "$@"'] if teaches else []
    spawner.cmd = [*start, f"{programs}/jupyterhub-singleuser"]
    spawner.notebook_dir = str(COURSE) if teaches else "~"
    spawner.environment = {"PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin"}


def make_exchange():
    """Make the exchange. Everybody may write to it, as nbgrader wants, but take away or replace nothing of others: the course's folder is there first."""
    EXCHANGE.mkdir(parents=True, exist_ok=True)
    EXCHANGE.chmod(0o1777)
    course = EXCHANGE / COURSE_ID
    if not course.exists():
        course.mkdir()
        os.chown(course, COURSE.stat().st_uid, COURSE.stat().st_gid)
        course.chmod(0o2775)


def bring_accounts_back():
    """Make the accounts of all homes that are there: whose a hand-in is says its owner, also before that student's server starts."""
    for home in sorted(HOMES.iterdir()):
        try:
            make_account(home.name)
        except (RuntimeError, subprocess.CalledProcessError) as error:
            print(f"{home}: no account was made: {error}", file=sys.stderr)


make_exchange()
bring_accounts_back()
# Passwords and tokens are nobody's but the hub's.
STATE.mkdir(parents=True, exist_ok=True)
STATE.chmod(0o700)

c = get_config()  # noqa: F821
c.JupyterHub.bind_url = "http://:8000"
c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{STATE}/cookie_secret"
c.ConfigurableHTTPProxy.pid_file = f"{STATE}/proxy.pid"
# Passwords are in the hub's database, so they stay when the container is made anew. An instructor lets in who has signed up: /hub/authorize.
c.JupyterHub.authenticator_class = "native"
c.JupyterHub.template_paths = [
    f"{path}/templates" for path in find_spec("nativeauthenticator").submodule_search_locations
]
c.NativeAuthenticator.check_common_password = True
c.NativeAuthenticator.minimum_password_length = 8
c.NativeAuthenticator.allowed_failed_logins = 5
c.Authenticator.admin_users = set(INSTRUCTORS)
c.Authenticator.allow_all = True
# Nobody is root, or what else the system has accounts for.
c.Authenticator.blocked_users = {entry.pw_name for entry in pwd.getpwall() if Path(entry.pw_dir).parent != HOMES}
c.Authenticator.username_pattern = r"[a-z][a-z0-9_-]{0,30}\Z"
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.pre_spawn_hook = prepare
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
