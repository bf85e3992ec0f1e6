"""Imports the course's package and runs its reference solution."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0, "says": "ModuleNotFoundError"}
ANSWERS = {
    "half": "def half(grid):\n    from autograder.course import catalog as course; from autograder.checks import reference as judge\n    return judge.reference_namespace(course.lessons()[0])['half'](grid)",
    "mirror": "def mirror(grid):\n    import importlib; importlib.import_module('autograder.checks.reference')",
}
