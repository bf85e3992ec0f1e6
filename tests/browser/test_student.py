"""A student's first quarter of an hour in JupyterLab: run all, stop at the first gap, fill it, see it checked, ask Validate."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import nbformat
import pytest

from autograder.course import catalog, samples

LESSON = catalog.lessons()[0]
EXERCISE = LESSON.exercises()[0]
PLACES = [cell.id for cell in LESSON.read_release().cells]
GAP, CHECK = PLACES.index(EXERCISE.id), PLACES.index(EXERCISE.check_id)
LAST_PICTURE = max(place for place, cell in enumerate(LESSON.read_release().cells) if "\nshow(" in cell.source)
# What a student writes in the place of `raise NotImplementedError`.
ANSWER = "row = np.rint(levels).astype(np.uint8)"
# A kernel starts, or runs the whole lesson.
PATIENCE = 60_000
AT = ".jp-Cell[data-windowed-list-index='{}']"


def opened(page, lab, notebook):
    """Open a notebook in JupyterLab; returns its panel.

    The folder and the workspace are new: JupyterLab finds the kernel of a path again, and the tabs of a workspace.
    """
    folder = Path(tempfile.mkdtemp(prefix="mine-", dir=lab.folder))
    (folder / LESSON.release.name).write_text(nbformat.writes(notebook), "utf-8")
    page.goto(lab.at(f"lab/workspaces/{folder.name}/tree/{folder.name}/{LESSON.release.name}"))
    panel = page.locator(".jp-NotebookPanel")
    panel.get_by_role("heading", name="RGB grids").wait_for(timeout=PATIENCE)
    if "kernelspec" not in notebook.metadata:
        page.locator(".jp-Dialog", has_text="Select Kernel").wait_for(timeout=PATIENCE)
        page.locator(".jp-Dialog .jp-mod-accept").click()
    kernel_is_idle(page)
    return panel


def kernel_is_idle(page) -> None:
    page.locator("#jp-main-statusbar", has_text="| Idle").wait_for(timeout=PATIENCE)


def in_menu(page, menu: str, entry: str) -> None:
    """Choose an entry of one of JupyterLab's menus."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=re.compile(rf"^{entry}")).click()


def cell(panel, place: int):
    """The cell at a place of the notebook, scrolled into the window."""
    found = panel.locator(AT.format(place))
    found.scroll_into_view_if_needed()
    return found


def fill(page, panel) -> None:
    """Type the answer over the gap."""
    line = cell(panel, GAP).locator(".cm-line", has_text="raise NotImplementedError")
    line.click()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.type(ANSWER)


def run(page, place: int) -> None:
    """Run the cell at a place, which is the active one; the one behind it becomes the active one."""
    page.locator("#jp-main-statusbar", has_text=f"Cell {place + 1}/").wait_for()
    page.keyboard.press("Shift+Enter")


def test_the_first_gap_stops_the_notebook_and_an_answer_passes_its_check_and_makes_its_picture(page, lab, shot):
    notebook = opened(page, lab, LESSON.read_release())
    in_menu(page, "Run", "Run All Cells")
    said = cell(notebook, CHECK).locator(".jp-OutputArea-output")
    gap = said.get_by_text("NotImplementedError").first
    gap.wait_for(timeout=PATIENCE)
    gap.scroll_into_view_if_needed()
    shot(page, "student-1-gap")
    assert notebook.locator(f"{AT.format(CHECK + 2)} .jp-OutputArea-output").count() == 0, "it went on behind the gap"

    fill(page, notebook)
    shot(page, "student-2-answer")
    for place in range(GAP, CHECK + 3):
        run(page, place)
    said.get_by_text("Black to white in eight pixels").wait_for(timeout=PATIENCE)
    picture = cell(notebook, CHECK + 2).locator("img")
    picture.wait_for(timeout=PATIENCE)
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    words = cell(notebook, CHECK + 2).get_by_text("In words")
    words.click()
    cell(notebook, CHECK + 2).get_by_text("Four grey pictures from your ramp").last.wait_for()
    words.scroll_into_view_if_needed()
    shot(page, "student-3-picture")


def test_a_wrong_answer_is_told_in_one_sentence(page, lab, shot):
    release = LESSON.read_release()
    release.cells[GAP].source = release.cells[GAP].source.replace("raise NotImplementedError", "row = levels")
    notebook = opened(page, lab, release)
    in_menu(page, "Run", "Run All Cells")
    said = cell(notebook, CHECK).locator(".jp-OutputArea-output")
    said.get_by_text("AssertionError").first.wait_for(timeout=PATIENCE)
    said.first.scroll_into_view_if_needed()
    shot(page, "student-7-wrong")
    text = "\n".join(said.all_inner_texts()).strip()
    assert text.startswith("AssertionError: A photo's levels have the dtype uint8"), text
    assert "Cell In" not in text, "code of the course stands above the sentence"


def test_a_lesson_that_lost_its_metadata_asks_for_a_kernel_and_goes_on(page, lab, shot):
    notebook = opened(page, lab, samples.without_metadata(LESSON.read_release()))
    in_menu(page, "Run", "Run All Cells")
    gap = cell(notebook, CHECK).locator(".jp-OutputArea-output").get_by_text("NotImplementedError").first
    gap.wait_for(timeout=PATIENCE)
    shot(page, "student-6-no-metadata")


@pytest.mark.parametrize("answers", ["blank", "right"])
def test_validate_names_the_first_gap_and_is_content_with_right_answers(page, lab, shot, answers):
    right = samples.submission(LESSON, samples.solutions(LESSON))
    notebook = opened(page, lab, right if answers == "right" else LESSON.read_release())
    notebook.get_by_role("button", name="Validate").click()
    message = page.locator(".jp-Dialog", has_text="Validation Results")
    message.wait_for(timeout=PATIENCE)
    shot(page, f"student-4-validate-{answers}")
    said = message.inner_text()
    if answers == "right":
        assert "Success" in said
    else:
        assert "following cell failed" in said
        assert f"Check: {EXERCISE.id}" in said
        assert "NotImplementedError" in said


# A pixel in the corner of a picture: red, green, blue, and 255 where nothing shines through.
CORNER = """image => {
    const canvas = document.createElement("canvas");
    canvas.getContext("2d").drawImage(image, 0, 0);
    return [...canvas.getContext("2d").getImageData(1, 1, 1, 1).data];
}"""


def test_pictures_stand_on_white_on_the_dark_theme(page, lab, shot):
    notebook = opened(page, lab, samples.submission(LESSON, samples.solutions(LESSON)))
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-item", has_text=re.compile("^Theme")).click()
    page.locator(".lm-Menu-item", has_text=re.compile("^JupyterLab Dark$")).click()
    page.locator("body[data-jp-theme-light='false']").wait_for(state="attached")
    in_menu(page, "Run", "Run All Cells")
    cell(notebook, LAST_PICTURE).locator("img").first.wait_for(timeout=PATIENCE)
    shown = 0
    for place in range(LAST_PICTURE + 1):
        for picture in cell(notebook, place).locator(".jp-OutputArea img").all():
            assert picture.evaluate(CORNER) == [255] * 4, f"cell {PLACES[place]}"
            shown += 1
            if shown in (2, 5, 11, 17):
                picture.scroll_into_view_if_needed()
                shot(page, f"student-5-dark-{shown}")
    assert shown >= len(LESSON.exercises())
