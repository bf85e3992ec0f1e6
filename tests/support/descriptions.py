"""Descriptions of networks as Keras writes them."""

from __future__ import annotations


def layer(kind: str, **config) -> dict:
    return {"module": "keras.layers", "class_name": kind, "registered_name": None, "config": config}
