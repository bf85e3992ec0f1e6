"""Go through a round of a class on a hub that runs: `python -m tests.machine.hub http://127.0.0.1:8000`.

For a new hub, such as deploy/ starts, on which nobody has signed up. It signs up an instructor and two students, lets them in, starts their servers, and has
a lesson released, fetched, handed in, collected, graded and given back, with the pages' own requests. It ends with what it saw, or with the first thing that is not so.
"""

from __future__ import annotations

import re
import secrets
import sys
import time

import requests

from autograder.course import catalog, samples

COURSE = "colouring"
PATIENCE = 600


class User:
    """Somebody at the hub, with a browser's cookies."""

    def __init__(self, hub: str, name: str) -> None:
        self.hub, self.name, self.password = hub.rstrip("/"), name, secrets.token_urlsafe(12)
        self.web = requests.Session()

    def ask(
        self, method: str, path: str, expected: tuple[int, ...] = (200, 201, 202, 204), **options
    ) -> requests.Response:
        """Send a request as the page would; RuntimeError if it is refused."""
        domain = path if path.startswith("/hub") else f"/user/{self.name}/"
        token = next(
            (c.value for c in self.web.cookies if c.name == "_xsrf" and domain.startswith(c.path.rstrip("/"))), ""
        )
        headers = {"X-XSRFToken": token or "", "Referer": f"{self.hub}{path}"}
        got = self.web.request(method, f"{self.hub}{path}", headers=headers, timeout=PATIENCE, **options)
        if got.status_code not in expected:
            raise RuntimeError(f"{self.name}: {method} {path}: {got.status_code} {got.text[-600:]}")
        return got

    def form(self, path: str, **fields: str) -> requests.Response:
        """Fill in a form of the hub and send it."""
        page = self.ask("GET", path, (200, 403))
        fields["_xsrf"] = re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1]
        return self.ask("POST", path, (200, 403), data=fields)

    def sign_up(self) -> None:
        self.form(
            "/hub/signup", username=self.name, signup_password=self.password, signup_password_confirmation=self.password
        )

    def log_in(self) -> bool:
        """Say whether the hub lets the user in."""
        self.form("/hub/login", username=self.name, password=self.password)
        return self.web.get(f"{self.hub}/hub/home", allow_redirects=False, timeout=60).status_code == 200

    def start(self) -> None:
        """Start the user's server, and wait until it answers."""
        self.ask("GET", "/hub/spawn")
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            # What answers "pending" is the hub; the server's own page sets its cookies.
            got = self.web.get(f"{self.hub}/user/{self.name}/lab", timeout=60)
            if got.status_code == 200 and f"/user/{self.name}/lab" in got.url and "jupyter-config-data" in got.text:
                return
            time.sleep(1)
        raise RuntimeError(f"{self.name}: the server did not start")

    def on(self, method: str, path: str, **options) -> requests.Response:
        """Ask the user's own server."""
        return self.ask(method, f"/user/{self.name}/{path}", **options)

    def ok(self, method: str, path: str, **options) -> dict:
        """The same, of what answers in JSON with `success`."""
        said = self.on(method, path, **options).json()
        if said.get("success") is False:
            raise RuntimeError(
                f"{self.name}: {path}: {said.get('error') or said.get('value')} {said.get('log', '')[-1500:]}"
            )
        return said


def must(what: str, so: object) -> None:
    """Say what was seen; RuntimeError if it is not so."""
    if not so:
        raise RuntimeError(f"not so: {what}")
    print(f"✓ {what}", flush=True)


def come_in(hub: str) -> tuple[User, list[User]]:
    """Sign up an instructor and two students; the instructor lets these in."""
    instructor, students = User(hub, "instructor"), [User(hub, "ana"), User(hub, "ben")]
    instructor.sign_up()
    must("the instructor signs up and logs in", instructor.log_in())
    for student in students:
        student.sign_up()
        must(f"{student.name} has signed up and is not let in yet", not student.log_in())
        instructor.ask("GET", f"/hub/authorize/{student.name}")
        must(f"{student.name} is let in by the instructor", student.log_in())
    thief = User(hub, "root")
    thief.sign_up()
    instructor.ask("GET", "/hub/authorize/root", (200, 403, 404))
    must("nobody is let in as root", not thief.log_in())
    return instructor, students


def round_trip(instructor: User, students: list[User]) -> None:
    """Have a lesson handed out, handed in, graded and given back."""
    lesson = catalog.lessons()[0]
    page = instructor.on("GET", "formgrader/manage_assignments").text
    must("the formgrader's page opens for the instructor", "Manage Assignments" in page)
    named = [one["name"] for one in instructor.on("GET", "formgrader/api/assignments").json()]
    must("it lists the lessons", lesson.name in named)
    instructor.ok("POST", f"formgrader/api/assignment/{lesson.name}/assign")
    instructor.ok("POST", f"formgrader/api/assignment/{lesson.name}/release")
    this = {"course_id": COURSE, "assignment_id": lesson.name}
    for student, answers in zip(students, (samples.solutions(lesson), {}), strict=True):
        must(
            f"{student.name} has no formgrader",
            student.ask("GET", f"/user/{student.name}/formgrader", (404,)).status_code == 404,
        )
        student.ok("POST", "assignments/fetch", data=this)
        notebook = samples.submission(lesson, answers)
        file = {"type": "notebook", "format": "json", "content": notebook}
        student.on("PUT", f"api/contents/{lesson.name}/{lesson.name}.ipynb", json=file)
        student.ok("POST", "assignments/submit", data=this)
    must("two students fetched the lesson and handed it in", True)
    instructor.ok("POST", f"formgrader/api/assignment/{lesson.name}/collect")
    for student in students:
        instructor.ok("POST", f"formgrader/api/submission/{lesson.name}/{student.name}/autograde")
    found = instructor.on("GET", f"formgrader/api/submissions/{lesson.name}").json()
    scores = {one["student"]: (one["score"], one["max_score"]) for one in found}
    whole = sum(exercise.points for exercise in lesson.exercises())
    must(
        f"the right one has {whole:g} of {whole:g}, the blank one 0",
        scores == {"ana": (whole, whole), "ben": (0, whole)},
    )
    instructor.ok("POST", f"formgrader/api/assignment/{lesson.name}/generate_feedback")
    instructor.ok("POST", f"formgrader/api/assignment/{lesson.name}/release_feedback")
    for student in students:
        student.ok("POST", "assignments/fetch_feedback", data=this)
        folder = student.on("GET", f"api/contents/{lesson.name}/feedback").json()["content"]
        must(f"{student.name} has the feedback page", len(folder) == 1)


def main() -> None:
    hub = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
    instructor, students = come_in(hub)
    for user in (instructor, *students):
        user.start()
        must(f"{user.name} has a server", user.on("GET", "api/status"))
    round_trip(instructor, students)


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        sys.exit(f"✗ {error}")
