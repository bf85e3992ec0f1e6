"""How nbgrader maps onto this course: folders, what stands in an answer's place in a release, and the grader outside the student's process."""

try:
    from autograder.hosts.nbgrader import install
except ImportError as error:
    raise SystemExit(
        f"{__file__}: the course's grader is not installed in this Python ({error}). In the course's repository:"
        " `pip install -e '.[networks,nbgrader]'`, or activate the environment that has it."
    ) from None

c = get_config()  # noqa: F821
install.into(c, __file__)

c.CourseDirectory.course_id = "colouring"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"

c.ClearSolutions.code_stub = {"python": "raise NotImplementedError  # your code takes the place of this line"}
