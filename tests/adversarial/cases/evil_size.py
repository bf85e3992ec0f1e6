"""A description that asks for a network of a hundred billion weights, and one whose pictures grow without end."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 0, "twice": 5, "says": "far larger than the network"}
ANSWERS = {
    "dot": """
import json
class Network:
    layers, optimizer = [], None
    def get_weights(self): return []
    def to_json(self):
        def layer(kind, **config): return {"module": "keras.layers", "class_name": kind, "registered_name": None, "config": config}
        wide = layer("Conv2D", filters=100000, kernel_size=[1000, 1000])
        return json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [wide] + [layer("UpSampling2D", size=[100, 100])] * 9}})
dot = Network
"""
}
