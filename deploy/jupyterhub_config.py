"""The hub: accounts of the container, a server for each, and the grader's environment for instructors only."""

import os
from pathlib import Path

PREFIX = "/opt/colouring"
INSTRUCTORS = set(os.environ.get("COLOURING_INSTRUCTORS", "instructor").split())
EXCHANGE, STATE = Path("/srv/nbgrader/exchange"), Path("/srv/jupyterhub")

# nbgrader wants an exchange that everybody may write to.
EXCHANGE.mkdir(parents=True, exist_ok=True)
EXCHANGE.chmod(0o777)
STATE.mkdir(parents=True, exist_ok=True)


def choose_environment(spawner):
    """Give instructors the server with the grader, in the course folder, and everybody else the lessons' packages."""
    teaches = spawner.user.name in INSTRUCTORS
    spawner.cmd = [f"{PREFIX}/{'grader' if teaches else 'students'}/bin/jupyterhub-singleuser"]
    spawner.notebook_dir = "~/course" if teaches else "~"


c = get_config()  # noqa: F821
c.JupyterHub.bind_url = "http://:8000"
c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{STATE}/cookie_secret"
# Accounts and passwords are the container's own.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.open_sessions = False
c.Authenticator.allow_all = True
c.JupyterHub.load_groups = {"formgrade-colouring": {"users": sorted(INSTRUCTORS)}}
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.pre_spawn_hook = choose_environment
c.Spawner.default_url = "/lab"
