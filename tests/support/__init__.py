"""What several tests share: small courses, warm nbgrader commands, a grader with canned reports."""
