"""Tests of students' networks: rebuilt, trained, bounded."""
