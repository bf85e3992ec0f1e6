"""Draws lesson_1.png, the picture at the top of lesson 1: the task, from one grey grid to three colour grids."""
