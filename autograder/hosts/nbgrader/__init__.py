"""The grader as nbgrader's converters, preprocessors and exporters."""
