"""Three layers in its list, and one of them called a hundred times."""

LESSON = "02_dots"
EXPECT = {"verdict": "RESOURCE", "dot": 0, "twice": 5, "says": "far more memory or time"}
ANSWERS = {
    "dot": """
import keras
def dot():
    picture = keras.Input(shape=(None, None, 1))
    again = keras.layers.Conv2D(40, 3, padding="same")
    x = keras.layers.Conv2D(40, 3, padding="same")(picture)
    for _ in range(100):
        x = again(x)
    network = keras.Model(picture, keras.layers.Conv2D(2, 3, padding="same", activation="tanh")(x))
    network.compile(optimizer=keras.optimizers.RMSprop(0.02), loss="mse")
    return network
"""
}
