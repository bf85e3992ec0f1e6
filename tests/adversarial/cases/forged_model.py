"""A model by hand whose description has the right shape, whose weights are NaN, and whose optimizer is no class of Keras'."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 0, "twice": 5}
ANSWERS = {
    "dot": """
import json
class Optimizer:
    def get_config(self): return {"learning_rate": float("nan"), "clipnorm": {"$": 1}, "name": "x" * 100}
class Network:
    layers, optimizer = [], Optimizer()
    def get_compile_config(self): return {"loss": "mean_squared_error"}
    def get_weights(self): return [np.full((3, 3, 1, 2), np.nan, "float32"), np.full(2, np.inf, "float32")]
    def to_json(self):
        layer = {"module": "keras.layers", "class_name": "Conv2D", "registered_name": None, "config": {"filters": 2, "kernel_size": [3, 3], "padding": "same"}}
        first = {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None, "config": {"batch_shape": [None, None, None, 1]}}
        return json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [first, layer]}})
dot = Network
"""
}
