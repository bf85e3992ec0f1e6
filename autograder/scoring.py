"""Score a lesson in the session in which it is worked through: what its last cell calls.

`autograder build` pastes this text into each lesson. It installs nothing but the course's own package, and that only when asked.
Modules are imported in functions, so that the notebook gets no more names.
"""


def score_me(lesson, asked, course=""):
    """Show the grade of this session: the course's hidden checks, run here, against what stands in the notebook now.

    lesson: its name. asked: whether to do it. course: where the course's package is if it is not installed: a repository on GitHub as
    "OWNER/NAME", or a zip of it that lies beside the notebook.
    """
    import importlib
    import os

    if os.environ.get("NBGRADER_EXECUTION"):
        print("A grader, or Validate, is at work: it has its own way to score.")
    elif not asked:
        print(
            "Write SCORE_ME = True in this cell (on Colab: tick the box), and run it: you get a card for each exercise, and the total."
        )
    elif _course_is_there(course):
        try:
            return importlib.import_module("autograder").self_check(lesson)
        except ModuleNotFoundError as error:
            print(
                f"The checks need the package {error.name}, which is not installed here. Install it with pip, and run this cell again."
            )
    return None


def _course_is_there(course):
    """Whether the course's package can be imported; it is installed if `course` says from where. Says what is missing if not."""
    import importlib.util
    import os
    import subprocess
    import sys

    if importlib.util.find_spec("autograder"):
        return True
    source, wrong = _source_of(course)
    if wrong:
        print(wrong)
        return False
    # Without its dependencies: Colab has them, and NumPy and TensorFlow must not be replaced in a running session.
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-color", "--no-input", "--no-deps"]
    print(f"Installing the course's package from {course} …")
    # Jupyter asks programs for colours, which would hide how a line begins.
    plain = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "CLICOLOR_FORCE")}
    pip += ["--retries", "1", "--timeout", "20", source]
    done = subprocess.run(pip, capture_output=True, text=True, env=plain)
    importlib.invalidate_caches()
    if importlib.util.find_spec("autograder"):
        return True
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()] or ["pip said nothing"]
    error = [line for line in lines if line.startswith("ERROR")] or lines
    print(
        f"It could not be installed: {error[-1][:200]}\nIs the session on the internet, and does {course} hold the course?"
        " Your work is as it was, and the 🔎 checks need neither."
    )
    return False


def _source_of(course):
    """What pip is to install, and a sentence if `course` names nothing that it could."""
    import os
    import re
    import zipfile

    course = course.strip()
    if not course:
        return "", (
            "The hidden checks are in the course's own repository, which is not installed here. If you have it as a zip, put the zip beside"
            " this notebook (on Colab: the folder symbol on the left, then the arrow), write its name as COURSE, and run this cell again."
        )
    if os.path.isfile(course) and not zipfile.is_zipfile(course):
        return (
            "",
            f"{course} is not a whole zip file. Was its upload finished? Upload it again, and run this cell again.",
        )
    if os.path.exists(course):
        return os.path.abspath(course), ""
    if course.endswith(".zip") and "://" not in course:
        return "", (
            f"There is no file {course} beside this notebook. On Colab: the folder symbol on the left, then the arrow, uploads it."
        )
    repository = re.fullmatch(r"(?:https://github\.com/)?([\w.-]+/[\w.-]+)/?", course)
    if not repository:
        return "", (
            f"There is no {course} beside this notebook. COURSE is the name of a zip that lies there, with its ending .zip,"
            " or OWNER/NAME of a repository on GitHub."
        )
    return f"https://github.com/{repository[1]}/archive/HEAD.zip", ""
