"""The students' repository: made from the course, without anything of an answer or a hidden check."""
