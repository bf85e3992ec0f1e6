"""How nbgrader maps onto this house: folders, the blank that takes an answer's place, and the outside judge."""

try:
    from autograder import nbgrader_plugin as plugin
except ImportError as error:  # without it nbgrader would go on by itself, and run the lessons as if they had no hidden checks
    raise SystemExit(
        f"{__file__}: the course's grader cannot be imported here ({error}). Install it into this Python, `pip install -e .`"
        " in the course's repository, or activate the environment that has it."
    ) from None

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "colouring"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"

c.ClearSolutions.code_stub = {"python": "raise NotImplementedError  # your code takes the place of this line"}

c.GenerateAssignment.preprocessors = plugin.RELEASE
c.Autograde.exporter_class = plugin.SubmissionExporter
c.Autograde.sanitize_preprocessors = plugin.SANITIZE
c.Autograde.autograde_preprocessors = plugin.AUTOGRADE
c.GenerateFeedback.preprocessors = plugin.FEEDBACK
c.ExportApp.plugin_class = plugin.ExportGrades
c.ExchangeFactory.release_feedback = plugin.CourseReleaseFeedback
