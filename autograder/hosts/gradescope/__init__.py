"""Gradescope: a zip that grades one lesson there, and what it says of each submission."""
