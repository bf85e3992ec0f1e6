"""Score a lesson in the session in which it is worked through: what its last cell calls.

`autograder build` pastes this text into each lesson. It unpacks or installs nothing but the course's own package, and that only when asked.
Modules are imported in functions, so that the notebook gets no more names.
"""


def score_me(lesson, asked, course=""):
    """Show the grade of this session: the course's hidden checks, run here, against what stands in the notebook now.

    lesson: its name. asked: whether to do it. course: where the course's package is if it is not installed: a repository on GitHub as
    "OWNER/NAME", or a zip or a folder of it that lies beside the notebook.
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
    """Whether the course's package can be imported, if need be after it was unpacked or installed from `course`. Says what is missing if not."""
    import importlib
    import os

    course = course.strip()
    if _is_there():
        return True
    wrong = _unpack(course) if os.path.exists(course) else _install(course)
    importlib.invalidate_caches()
    if wrong:
        print(wrong)
    return not wrong


def _is_there():
    """Whether Python finds the course's package. A mere folder of this name, to which Python gives a spec without a file, is none."""
    import importlib.util

    spec = importlib.util.find_spec("autograder")
    return spec is not None and spec.origin is not None


def _unpack(course):
    """Let Python find the package in a zip or a folder of the course. pip would need the internet for that. Returns a sentence if it cannot be."""
    import atexit
    import glob
    import os
    import shutil
    import sys
    import tempfile
    import zipfile

    place = tempfile.mkdtemp(prefix="course-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    folder = course
    try:
        if not os.path.isdir(course):
            folder = os.path.join(place, "course")
            with zipfile.ZipFile(course) as packed:
                packed.extractall(folder)
    except zipfile.BadZipFile:
        return f"{course} is not a whole zip file. Was its upload finished? Upload it again, and run this cell again."
    except Exception as error:  # a full disk, a password
        return f"{course} cannot be unpacked: {error}"
    # GitHub puts the repository into one folder, and who unpacks a zip often into one more.
    above = [(), ("*",), ("*", "*")]
    patterns = [os.path.join(glob.escape(folder), *each, "autograder", "__init__.py") for each in above]
    found = [name for pattern in patterns for name in glob.glob(pattern)]
    if not found:
        return (
            f"{course} does not hold the checks: there is no folder autograder in it. They are in the course's own repository;"
            " what students are given holds none."
        )
    package = os.path.dirname(os.path.dirname(os.path.abspath(found[0])))
    sys.path.append(package)
    # For `!autograder …` in a cell.
    command = os.path.join(place, "autograder")
    with open(command, "w", encoding="utf-8") as file:
        file.write(
            f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {package!r})\nfrom autograder.cli import main\nmain()\n"
        )
    os.chmod(command, 0o755)
    os.environ["PATH"] = os.environ.get("PATH", os.defpath) + os.pathsep + place
    return ""


def _install(course):
    """Install the course's package from GitHub. Returns a sentence if it cannot be."""
    import importlib
    import os
    import subprocess
    import sys

    address, wrong = _address_of(course)
    if wrong:
        return wrong
    # Without its dependencies: Colab has them, and NumPy and TensorFlow must not be replaced in a running session.
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-color", "--no-input", "--no-deps"]
    print(f"Installing the course's package from {course} …")
    # Jupyter asks programs for colours, which would hide how a line begins.
    plain = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "CLICOLOR_FORCE")}
    pip += ["--retries", "1", "--timeout", "20", address]
    done = subprocess.run(pip, capture_output=True, text=True, env=plain)
    importlib.invalidate_caches()
    if _is_there():
        return ""
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()] or ["pip said nothing"]
    error = [line for line in lines if line.startswith("ERROR")] or lines
    return (
        f"It could not be installed: {error[-1][:200]}\nIs the session on the internet, and does {course} hold the course?"
        " A zip of it, beside this notebook, needs no internet. Your work is as it was, and the 🔎 checks need neither."
    )


def _address_of(course):
    """Where pip finds the course, and a sentence if `course` names nothing that it could."""
    import re

    if not course:
        return "", (
            "The hidden checks are in the course's own repository, which is not installed here. If you have it as a zip, put the zip beside"
            " this notebook (on Colab: the folder symbol on the left, then the arrow), write its name as COURSE, and run this cell again."
        )
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
