"""The course's own pictures become lighter: the same picture, its text, its size and its frames."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image, ImageSequence
from skimage.data import astronaut

from autograder.grading.lighter import LEAST, lighter


def photo() -> np.ndarray:
    return astronaut()[::2, ::2].copy()


def picture(kind: str, *frames: np.ndarray) -> str:
    file, images = io.BytesIO(), [Image.fromarray(frame) for frame in frames]
    moving = {"save_all": True, "append_images": images[1:], "duration": [50, 200], "loop": 0} if images[1:] else {}
    images[0].save(file, kind, quality=95, **moving)
    return base64.b64encode(file.getvalue()).decode()


def shown(kind: str, data: str) -> dict:
    about = {kind: {"alt": "a portrait", "width": 560}}
    return {
        "output_type": "display_data",
        "data": {kind: data, "text/plain": "<Figure>"},
        "metadata": about,
    }


def opened(output: dict) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(output["data"]["image/webp"])))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_large_picture_becomes_a_webp_with_its_text_and_size(kind):
    mime, data = f"image/{kind.lower()}", picture(kind, photo())
    (output,) = lighter({"cell": [shown(mime, data)]})["cell"]
    assert set(output["data"]) == {"image/webp", "text/plain"}
    assert output["metadata"] == {"image/webp": {"alt": "a portrait", "width": 560}}
    assert len(output["data"]["image/webp"]) < 0.8 * len(data)
    same = np.asarray(opened(output).convert("RGB"), float) - photo()
    assert float(np.sqrt(np.mean(same**2))) < 8, "levels of 255"


def test_what_moves_still_does():
    data = picture("PNG", photo(), photo()[::-1].copy())
    (output,) = lighter({"cell": [shown("image/png", data)]})["cell"]
    times = [frame.copy().info["duration"] for frame in ImageSequence.Iterator(opened(output))]
    assert times == [50, 200]


def test_other_outputs_stay_as_they_are():
    small = shown("image/png", picture("PNG", photo()[:8, :8].copy()))
    broken = shown("image/png", "A" * (LEAST + 4))
    text = {"output_type": "stream", "name": "stdout", "text": "5"}
    assert lighter({"cell": [small, broken, text]}) == {"cell": [small, broken, text]}
