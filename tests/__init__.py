"""The proof of the course: see conftest.py for what the tests share."""
