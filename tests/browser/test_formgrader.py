"""An instructor's evening in the formgrader: grade by its button, look, give a mark by hand, make the page, see it."""

from __future__ import annotations

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.course import catalog, samples

LESSON = catalog.lessons()[0]
STUDENT = "ana"
COMMENT = "The idea is right: look at the order of the axes."
# A submission is graded meanwhile, and pages are made.
PATIENCE = 180_000


def hand_in(course) -> None:
    """One submission: all answers but the first are right."""
    answers = samples.solutions(LESSON)
    answers.pop(LESSON.exercises()[0].id)
    place = course / "submitted" / STUDENT / LESSON.name
    place.mkdir(parents=True)
    (place / f"{LESSON.name}.ipynb").write_text(nbformat.writes(samples.submission(LESSON, answers)), "utf-8")


def score(course) -> float:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return book.find_submission(LESSON.name, STUDENT).score


def formgrader(page, lab):
    """Open the formgrader by JupyterLab's menu; returns its frame."""
    page.goto(lab.at("lab"))
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Formgrader").click()
    frame = page.frame_locator("iframe[src*='formgrader']")
    frame.get_by_role("heading", name="Manage Assignments").wait_for()
    return frame


def press(frame, row, column: str) -> None:
    """Press one of a row's buttons, and close the message of its success."""
    row.locator(f"td.{column} a").click()
    message = frame.locator("#success-modal, #error-modal").first
    message.wait_for(timeout=PATIENCE)
    assert message.get_attribute("id") == "success-modal", message.inner_text()
    message.locator(".modal-footer button").first.click()
    message.wait_for(state="detached")


@pytest.fixture(scope="module")
def handed_in(course):
    hand_in(course)
    return course


def test_a_submission_is_graded_marked_by_hand_and_given_a_page(page, lab, handed_in, shot):
    frame = formgrader(page, lab)
    exercise = LESSON.exercises()[0]
    whole = sum(one.points for one in LESSON.exercises())
    assignment = frame.get_by_role("row").filter(has_text=LESSON.name)
    assignment.locator(".num-submissions a", has_text="1").wait_for()
    shot(page, "1-assignments")
    assignment.locator(".num-submissions a").click()

    row = frame.get_by_role("row").filter(has_text=STUDENT)
    assert row.locator(".status").inner_text() == "needs autograding"
    press(frame, row, "autograde")
    row.locator(".status", has_text="graded").wait_for()
    before = score(handed_in)
    assert before == whole - exercise.points
    assert row.locator(".score").inner_text() == f"{before:g} / {whole:g}"
    shot(page, "2-submissions")

    frame.get_by_role("link", name="Manual Grading").click()
    frame.get_by_role("link", name=LESSON.name).click()
    frame.get_by_role("link", name=LESSON.name).click()
    frame.get_by_role("row").filter(has_text="Submission #1").get_by_role("link").click()
    mark = frame.locator(f"input.score[id='{exercise.id}_check']")
    mark.wait_for(timeout=60_000)
    mark.scroll_into_view_if_needed()
    shot(page, "3-marking")
    with page.expect_response("**/api/grade/*"):
        mark.fill("1")
        mark.blur()
    comment = frame.locator(f"[id='{exercise.id}-comment']")
    with page.expect_response("**/api/comment/*"):
        comment.fill(COMMENT)
        comment.blur()
    shot(page, "4-marked")
    assert score(handed_in) == before + 1

    page.goto(lab.at(f"formgrader/manage_submissions/{LESSON.name}"))
    press(page, page.get_by_role("row").filter(has_text=STUDENT), "generate-feedback")
    page.goto(lab.at(f"files/feedback/{STUDENT}/{LESSON.name}/{LESSON.name}.html"))
    assert f"{before + 1:g}" in page.locator("main").inner_text()
    page.get_by_text(COMMENT).first.scroll_into_view_if_needed()
    shot(page, "5-page")
