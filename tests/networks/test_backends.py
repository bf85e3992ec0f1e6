"""The training engine on Keras' JAX backend. Each process has one backend, so these tests start their own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from autograder import settings

pytestmark = [
    pytest.mark.jax,
    pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="the extra `jax` is not installed"),
]
ENGINE = "tests/networks/test_training.py"


def with_jax(*arguments: str) -> str:
    """What a Python with the JAX backend prints."""
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=settings.root(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
def test_on_jax_the_engine_does_what_it_does_on_tensorflow():
    said = with_jax("-m", "pytest", "-q", "--disable-warnings", ENGINE, "-k", "not faster")
    assert " passed" in said and "failed" not in said


CPU = """
import jax, keras, numpy as np
from autograder.networks import chain, programs
from autograder.networks.training import Trainer, train
from tests.support.training import compiled, conv, network

assert keras.backend.backend() == "jax" and chain.on_xla_cpu()
rng = np.random.default_rng(1)
x, kernel = rng.normal(size=(2, 5, 7, 3)).astype("float32"), rng.normal(size=(3, 3, 3, 4)).astype("float32")
wanted = keras.ops.conv(np.repeat(np.repeat(x, 2, 1), 2, 2), kernel, 1, "same")
transposed = keras.ops.conv_transpose(x, chain.doubling_kernel(keras.ops.convert_to_tensor(kernel)), 2, "same")
for got in (chain.doubled(x, keras.ops.convert_to_tensor(kernel)), transposed):
    np.testing.assert_allclose(np.array(got), np.array(wanted), atol=2e-5)

X, Y = rng.random((1, 16, 16, 1), "float32"), rng.random((1, 16, 16, 2), "float32") / 9
plain = compiled(network(conv(4, strides=2), keras.layers.UpSampling2D()))
start = plain.get_weights()
with_fit = plain.fit(X, Y, batch_size=1, epochs=6, verbose=0).history["loss"]


def losses():
    model = compiled(network(conv(4, strides=2), keras.layers.UpSampling2D()))
    model.set_weights(start)
    trainer = Trainer(model, X, Y)
    return trainer.run(2) + trainer.run(4)


loops = []
inside = jax.lax.fori_loop
jax.lax.fori_loop = lambda *arguments: loops.append(1) or inside(*arguments)
np.testing.assert_allclose(losses(), with_fit, rtol=2e-4)
assert not loops, "a loop inside the program is slow on a CPU"
programs.on_xla_cpu = chain.on_xla_cpu = lambda: False
np.testing.assert_allclose(losses(), with_fit, rtol=2e-4)
assert loops, "on another device the epochs are one loop"
print("as with fit")
"""


def test_on_jax_no_convolution_is_in_a_loop_on_a_cpu_and_all_are_on_another_device():
    assert with_jax("-c", CPU).endswith("as with fit\n")


@pytest.mark.slow
def test_the_script_for_a_gpu_runs_on_a_cpu(tmp_path):
    tiny = ["--epochs", "3", "--fit-epochs", "2", "--many-epochs", "2", "--starts", "2", "--side", "32"]
    environment = {
        **os.environ,
        "PYTHON": sys.executable,
        "BACKENDS": "jax",
        "JAX_PLATFORMS": "cpu",
        "OUT": str(tmp_path),
    }
    done = subprocess.run(
        ["tests/gpu/run.sh", *tiny], env=environment, cwd=settings.root(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = {line["part"]: line for line in map(json.loads, (tmp_path / "jax.jsonl").read_text().splitlines())}
    assert list(found) == ["where", "fit", "engine", "many"]
    assert not any("error" in line for line in found.values())
    assert len(found["many"]["losses_after_twice"]) == 2
