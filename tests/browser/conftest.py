"""A browser, a course folder, and a JupyterLab that runs in it. Without a browser the tests are skipped; CONTRIBUTING.md says how to get one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder import settings
from autograder.sandbox import backend
from tests.support.clone import clone_of_the_course, environment

# Build output: what the browser showed, and axe-core as npm packs it.
SHOTS = settings.root() / "build" / "browser"
AXE = settings.root() / "build" / "axe" / "package" / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that runs in a course folder."""

    url: str
    token: str
    folder: Path

    def at(self, path: str) -> str:
        return f"{self.url}{path}?token={self.token}"


def program() -> str:
    """The browser: the one that AUTOGRADER_BROWSER names, else the system's Chromium."""
    return os.environ.get("AUTOGRADER_BROWSER") or next(filter(None, map(shutil.which, NAMES)), "")


@pytest.fixture(scope="session")
def browser() -> Iterator:
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install -e '.[browser]'")
    if not program():
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed")
    with playwright.sync_playwright() as started:
        # Chromium's own sandbox does not start as root; what is opened here is this course's own pages.
        made = started.chromium.launch(executable_path=program(), args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def page(browser) -> Iterator:
    """A window. Nothing is asked of another machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.route(
        lambda url: not url.startswith(("http://127.0.0.1:", "http://localhost:", "file:")), lambda route: route.abort()
    )
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    context.close()


@pytest.fixture
def shot() -> Callable:
    """Keeps what a window shows: `shot(page, "name")`."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return lambda page, name, **options: page.screenshot(path=SHOTS / f"{name}.png", **options)


@pytest.fixture
def violations() -> Callable:
    """Asks axe-core what of a page some people cannot read or use, as far as it is serious: `violations(page) -> ["rule: where", …]`.

    Of `left_out`, parts of the page as CSS selectors, nothing is asked.
    """
    program = Path(os.environ.get("AUTOGRADER_AXE") or AXE)
    if not program.is_file():
        pytest.skip(f"no axe-core: {program} is not there. `make browser-test` fetches it from npm")
    axe = program.read_text("utf-8")

    def ask(page, left_out: Sequence[str] = ()) -> list[str]:
        # Not as a script of the page: the pages of the course forbid scripts.
        page.evaluate(f"() => {{ {axe} }}")
        parts = {"exclude": [[part] for part in left_out]} if left_out else {"include": [["html"]]}
        found = page.evaluate("parts => axe.run(parts, {resultTypes: ['violations']})", parts)["violations"]
        serious = [rule for rule in found if rule["impact"] in ("serious", "critical")]
        return [
            f"{rule['id']}: {node['target'][0]}: {node['html'][:200]}" for rule in serious for node in rule["nodes"]
        ]

    return ask


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A fresh clone, as an instructor has it. Nobody has handed in yet."""
    if backend.proven()[0] is None:
        pytest.skip("no sandbox holds on this machine")
    return clone_of_the_course(tmp_path_factory.mktemp("browser") / "course")


@pytest.fixture(scope="module")
def lab(course) -> Iterator[Lab]:
    """`jupyter lab`, started in the course folder, with settings of nobody's home."""
    own = course.parent / "jupyter"
    places = {
        name: str(own / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR")
    }
    token = "of-this-test"
    # The tests' own backend shows nothing in a notebook: a student has none set.
    env = {name: value for name, value in environment(course).items() if name != "MPLBACKEND"} | places
    (own / "jupyter_config_dir" / "labconfig").mkdir(parents=True)
    quiet = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (own / "jupyter_config_dir" / "labconfig" / "page_config.json").write_text(json.dumps(quiet))
    with (own / "log.txt").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0", f"--IdentityProvider.token={token}"],
            cwd=course, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        yield Lab(_address(server, Path(places["JUPYTER_RUNTIME_DIR"]), own / "log.txt", token), token, course)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _address(server: subprocess.Popen, runtime: Path, log: Path, token: str, seconds: float = 90) -> str:
    """Wait until the server answers; returns its address, with a "/" at its end."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            try:
                port = json.loads(file.read_text("utf-8"))["port"]
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status?token={token}", timeout=5).close()
                return f"http://127.0.0.1:{port}/"
            except (OSError, ValueError, urllib.error.URLError):
                pass
        time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text('utf-8')[-3000:]}")
