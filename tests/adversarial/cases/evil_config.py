"""A model's description, written by hand, that names classes and functions of the grader's own Python."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 0, "twice": 5, "says": "not one of Keras' usual parts"}
ANSWERS = {
    "dot": """
import json
class Network:
    layers, optimizer = [], None
    def get_weights(self): return []
    def to_json(self):
        evil = {"module": "subprocess", "class_name": "Popen", "registered_name": None, "config": {"args": ["touch", "/tmp/adversarial-file"]}}
        call = {"module": "builtins", "class_name": "function", "config": "os.system", "registered_name": "function"}
        layer = {"module": "keras.layers", "class_name": "Conv2D", "registered_name": None, "config": {"filters": 2, "kernel_size": 3, "activation": call, "kernel_initializer": evil}}
        return json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [layer]}})
dot = Network
"""
}
