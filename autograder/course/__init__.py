"""What is taught: the lessons, their exercises and check files, and the build that makes notebooks of scripts."""
