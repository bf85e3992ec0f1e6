"""Where a course is on GitHub, if it is: one setting, from which the Colab badges and the address for scoring oneself come."""

from __future__ import annotations

import contextlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError

COLAB = "https://colab.research.google.com"
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
# As a person may have copied it: a page's address, or what git clones from.
COPIED = re.compile(r"^(?:https://github\.com/|git@github\.com:)|(?:\.git|/)$")
BADGE = re.compile(rf"^\[!\[[^\]\n]*\]\({re.escape(COLAB)}/[^)\n]*\)\]\([^)\n]*\)\n\n", re.MULTILINE)
PLACE = re.compile(r"(<!-- Colab badges[^\n]*-->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True)
class Address:
    """A repository on GitHub, "OWNER/NAME" or "" where none is known, and the branch that links name."""

    repository: str = ""
    branch: str = "main"

    def link(self, lesson: str) -> str:
        """Give the address that opens a lesson in Colab; "" where no repository is known."""
        path = f"lessons/{lesson}/{lesson}.ipynb"
        return f"{COLAB}/github/{self.repository}/blob/{self.branch}/{path}" if self.repository else ""

    def badge_of(self, text: str, lesson: str) -> str:
        """Give the Markdown of a badge that opens a lesson in Colab; "" where no repository is known.

        text: the lesson's first text, whose heading the badge names for those who do not see it.
        """
        title = text.partition("\n")[0].lstrip("# ") or lesson
        link = self.link(lesson)
        return f"[![Open {title} in Colab]({COLAB}/assets/colab-badge.svg)]({link})" if link else ""


def address_of(root: Path) -> Address:
    """Read the setting of a course: `[tool.autograder]` in its pyproject.toml, `repository` and `branch`.

    Raises
    ------
    CourseError
        If it is no repository of GitHub's, or no branch.
    """
    path = root / "pyproject.toml"
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Address()
    except (OSError, ValueError) as error:
        raise CourseError(f"{path}: {error}") from error
    found = tables.get("tool", {}).get("autograder", {})
    given, branch = found.get("repository", ""), found.get("branch", "main")
    repository = COPIED.sub("", COPIED.sub("", given.strip())) if isinstance(given, str) else "?"
    if repository and not REPOSITORY.fullmatch(repository):
        raise CourseError(
            f'{path}: `repository = {given!r}` in [tool.autograder] is not OWNER/NAME, as in https://github.com/OWNER/NAME. "" says that there is none.'
        )
    if not isinstance(branch, str) or not BRANCH.fullmatch(branch):
        raise CourseError(
            f"{path}: `branch = {branch!r}` in [tool.autograder] is not the name of a branch, such as main."
        )
    return Address(repository, branch)


def how_to_report(root: Path) -> str:
    """Give one sentence for whoever graded alone and met a fault of the grader."""
    with contextlib.suppress(CourseError):
        if repository := address_of(root).repository:
            return f"Please report it with these words: https://github.com/{repository}/issues."
    return "Please tell whoever gave you the course, with these words."


def with_badge(text: str, badge: str) -> str:
    """Put a badge below the heading of a lesson's first text, in the place of one that is there; with "" only take that away."""
    text = BADGE.sub("", text)
    heading, _, rest = text.partition("\n\n")
    return f"{heading}\n\n{badge}\n\n{rest}" if badge else text


def readme_with_badges(text: str, badges: list[str]) -> str:
    """Put the badges between the two marks of a README; a README without the marks stays as it is."""
    lines = "".join(f"{badge}\n" for badge in badges if badge)
    return PLACE.sub(lambda found: found[1] + lines + found[2], text)
