"""What a student's network may be made of: Keras' own layers, with settings whose cost is known, and no code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.errors import StudentError
from autograder.kernel.codec import plain_text
from autograder.networks import cost

LAYERS = cost.KINDS
# Layers that may be another layer's activation.
ACTIVATIONS = frozenset(("Activation", "ReLU", "LeakyReLU", "ELU", "Softmax"))
MODELS = frozenset(("Sequential", "Functional"))
# What Keras writes between the layers.
NOTATION = frozenset(("__keras_tensor__", "DTypePolicy"))
# Initializers that draw a kernel's first numbers.
RANDOM = frozenset(
    [
        "GlorotNormal",
        "GlorotUniform",
        "HeNormal",
        "HeUniform",
        "LecunNormal",
        "LecunUniform",
        "Orthogonal",
        "OrthogonalInitializer",
        "RandomNormal",
        "RandomUniform",
        "TruncatedNormal",
        "VarianceScaling",
    ]
)
# The objects that a layer may be given, by their module.
SETTINGS = {
    "keras.initializers": RANDOM | {"Constant", "Identity", "IdentityInitializer", "Ones", "Zeros"},
    "keras.regularizers": frozenset(("L1", "L2", "L1L2", "OrthogonalRegularizer")),
    "keras.constraints": frozenset(("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm")),
}
DTYPES = frozenset(["float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16"])
_COMMON = "name trainable dtype"
_CONV = (
    "kernel_size strides padding data_format dilation_rate activation use_bias bias_initializer bias_regularizer bias_constraint"
    " activity_regularizer"
)
_KERNEL = "kernel_initializer kernel_regularizer kernel_constraint"
_DEPTHWISE = "depth_multiplier depthwise_initializer depthwise_regularizer depthwise_constraint"
_POOL = "pool_size strides padding data_format"
_NORMAL = "axis epsilon center scale beta_initializer gamma_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint"
# The settings of each kind of layer; what another one costs, nobody knows.
KNOWN = {
    "InputLayer": "batch_shape sparse ragged optional",
    "Conv2D": f"{_CONV} {_KERNEL} filters groups",
    "Conv2DTranspose": f"{_CONV} {_KERNEL} filters output_padding",
    "SeparableConv2D": f"{_CONV} {_DEPTHWISE} filters pointwise_initializer pointwise_regularizer pointwise_constraint",
    "DepthwiseConv2D": f"{_CONV} {_DEPTHWISE}",
    "UpSampling2D": "size data_format interpolation",
    "MaxPooling2D": _POOL,
    "AveragePooling2D": _POOL,
    "ZeroPadding2D": "padding data_format",
    "Cropping2D": "cropping data_format",
    "Dense": f"units activation use_bias bias_initializer bias_regularizer bias_constraint activity_regularizer {_KERNEL}",
    "BatchNormalization": f"{_NORMAL} momentum moving_mean_initializer moving_variance_initializer synchronized renorm renorm_momentum",
    "LayerNormalization": f"{_NORMAL} rms_scaling",
    "Activation": "activation",
    "ReLU": "max_value negative_slope threshold",
    "LeakyReLU": "negative_slope",
    "ELU": "alpha",
    "Softmax": "axis",
    "Dropout": "rate seed noise_shape",
    "SpatialDropout2D": "rate seed data_format",
    "GaussianNoise": "stddev seed",
    "GaussianDropout": "rate seed",
    "Rescaling": "scale offset",
    "GlobalMaxPooling2D": "data_format keepdims",
    "GlobalAveragePooling2D": "data_format keepdims",
    "Flatten": "data_format",
    "RepeatVector": "n",
    "Reshape": "target_shape",
    "Concatenate": "axis",
}
OPTIMIZERS = frozenset(["RMSprop", "SGD", "Adam", "AdamW", "Nadam", "Adamax", "Adagrad", "Adadelta", "Lion"])
# How `compile` may be given a loss, and the loss's name.
LOSSES = {
    name: loss
    for loss, names in {
        "mean_squared_error": "mse MSE mean_squared_error MeanSquaredError",
        "mean_absolute_error": "mae MAE mean_absolute_error MeanAbsoluteError",
        "huber": "huber Huber",
        "log_cosh": "log_cosh logcosh LogCosh",
        "categorical_crossentropy": "categorical_crossentropy CategoricalCrossentropy",
        "sparse_categorical_crossentropy": "sparse_categorical_crossentropy SparseCategoricalCrossentropy",
    }.items()
    for name in names.split()
}
# Layers that learn something.
LEARNING = frozenset(
    [
        "Conv2D",
        "Conv2DTranspose",
        "SeparableConv2D",
        "DepthwiseConv2D",
        "Dense",
        "BatchNormalization",
        "LayerNormalization",
    ]
)


@dataclass(frozen=True)
class LayerFacts:
    """One layer as its description says.

    Attributes
    ----------
    kind : str
        "Conv2D".
    config : dict
        Its settings, {"filters": 8, "strides": [2, 2], …}.
    """

    kind: str
    config: dict[str, Any]


def is_keras_own(tree: dict[str, Any]) -> bool:
    """Return whether a model is of Keras' own class, and not of another one that has its name."""
    module, name = tree.get("module", "keras"), tree.get("registered_name")
    known = isinstance(module, str) and (module == "keras" or module.startswith("keras.src."))
    return known and name in (None, tree["class_name"], f"keras>{tree['class_name']}")


def must_be_built_in(node: Any, what: str, depth: int = 0) -> None:
    """Refuse whatever in a description is, or leads to, code or a class that is not Keras' own.

    Raises
    ------
    StudentError
        That names it.
    """
    if depth > 40:
        raise StudentError(f"the description of {what} is nested too deep.")
    for item in node if isinstance(node, list) else node.values() if isinstance(node, dict) else ():
        must_be_built_in(item, what, depth + 1)
    if not isinstance(node, dict) or "class_name" not in node:
        return
    name, module = node["class_name"], node.get("module")
    if name in ("Lambda", "__lambda__"):
        raise StudentError(
            f"{what} holds a Lambda: code of your own, which the grader does not run. Built-in layers can do the same."
        )
    known = (
        isinstance(name, str)
        and name in (LAYERS if module == "keras.layers" else MODELS | NOTATION if module in (None, "keras") else ())
    ) or (isinstance(module, str) and isinstance(name, str) and name in SETTINGS.get(module, ()))
    registered = node.get("registered_name") in (None, name, f"keras>{name}")
    if not (known and registered):
        shown = node.get("config") if name == "function" else name
        raise StudentError(
            f"{what} holds {str(shown)[:60]!r}, which is not one of Keras' usual parts for pictures. Build it from layers such as "
            "Conv2D and UpSampling2D, with each activation given by its name, as text."
        )


def must_be_what_it_is_called(own: Any, what: str) -> None:
    """Refuse a part of the student's own that has the name of one of Keras'.

    Parameters
    ----------
    own : object
        What the student's process says of it (`kernel.models.OWN`): kind of layer, setting, name; None if it says nothing.
    what : str
        How messages call the model.

    Raises
    ------
    StudentError
        That names the first such part.
    """
    if own is None:
        return
    first = own[0] if isinstance(own, list) and own else None
    if not isinstance(first, list) or len(first) != 3:
        raise StudentError(f"{what} has parts that could not be read.")
    kind, setting, name = (plain_text(part)[:60] for part in first)
    if setting == "activation":
        raise StudentError(
            f"{what} has {name!r} of your own for an activation of its {kind}, which is none of Keras' own. Give its name, as text."
        )
    if setting:
        raise StudentError(
            f"{what} has {name!r} of your own for the {setting} of its {kind}. Take the one that Keras has."
        )
    raise StudentError(
        f"{what} has a {name} of your own, which is not one of Keras' usual parts. Take the one that Keras has."
    )


def must_have_known_settings(layer: LayerFacts, what: str) -> None:
    """Refuse settings that the cost of a layer does not take into account, and numbers of a kind that nobody trains with.

    Raises
    ------
    StudentError
        That names the setting.
    """
    known = {*_COMMON.split(), *KNOWN.get(layer.kind, "").split()}
    odd = [
        name for name, value in layer.config.items() if name not in known and value is not None and value is not False
    ]
    if odd:
        raise StudentError(
            f"{what} has a {layer.kind} with the setting {str(odd[0])[:40]!r}, which the grader does not rebuild."
        )
    dtype = layer.config.get("dtype")
    if isinstance(dtype, dict) and isinstance(dtype.get("config"), dict):
        dtype = dtype["config"].get("name")
    if dtype is not None and dtype not in DTYPES:
        raise StudentError(f"{what} has a {layer.kind} of the dtype {str(dtype)[:40]!r}. Networks compute in floats.")


def must_hold_no_other(config: dict[str, Any], what: str) -> None:
    """Refuse a layer within a layer: nobody would see how large it is.

    One that is nothing but an activation may be given as such.

    Raises
    ------
    StudentError
        If there is one.
    """
    for name, value in config.items():
        held = [
            item
            for item in _described(value)
            if item["class_name"] in LAYERS | MODELS and item.get("module") not in SETTINGS
        ]
        if held and not (name == "activation" and held == [value] and value["class_name"] in ACTIVATIONS):
            raise StudentError(f"{what} holds a layer within a layer. Put all layers in line, one behind the other.")


def _described(value: Any) -> list[dict[str, Any]]:
    """All descriptions of objects in a setting, however deep."""
    inner = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    found = [item for part in inner for item in _described(part)]
    return [value, *found] if isinstance(value, dict) and "class_name" in value else found
