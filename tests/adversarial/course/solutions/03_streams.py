# answers-of-the-colouring-course-8d1c07f24e9b
# %% [markdown]
# # 3 · Streams
#
# A lesson with a network that learns from batches, for tests of how these are taken.

# %% tags=["setup"]
import numpy as np

# %% [markdown]
# ### Exercise 3.1 · A network for any picture
# **5 points · about 2 minutes**
#
# A Keras model: a Rescaling by 0.01, and a convolution with 2 filters of 3 × 3, padding same, tanh; the input is (None, None, 1).
#
# <details><summary>Hint 1</summary>Two layers behind the input.</details>
# <details><summary>Hint 2</summary>`keras.layers.Rescaling`</details>
# <details><summary>Hint 3</summary>`keras.Sequential([...])`</details>


# %% answer="net"
# ✏️ Answer: net
def net():
    """A network: (n, H, W, 1) in, (n, H, W, 2) out."""
    ### BEGIN SOLUTION
    import keras

    layers = [keras.layers.Rescaling(0.01), keras.layers.Conv2D(2, 3, padding="same", activation="tanh")]
    return keras.Sequential([keras.Input(shape=(None, None, 1)), *layers])
    ### END SOLUTION


# %% check="net"
# 🔎 Check: net
assert hasattr(net(), "to_json"), "A Keras model is wanted."
print("A model.")

# %% [markdown]
# ### Exercise 3.2 · Batches of eight
# **5 points · about 2 minutes**
#
# All pictures once, in a new order for each seed, as a list of pairs (X, Y) of eight pictures.
#
# <details><summary>Hint 1</summary>Draw the order first.</details>
# <details><summary>Hint 2</summary>`rng.permutation`</details>
# <details><summary>Hint 3</summary>`range(0, len(X), 8)`</details>


# %% answer="stream"
# ✏️ Answer: stream
def stream(X, Y, seed):
    """A list of pairs: (n, H, W, 1) and (n, H, W, 2) in."""
    ### BEGIN SOLUTION
    order = np.random.default_rng(seed).permutation(len(X))
    return [(X[order[start : start + 8]], Y[order[start : start + 8]]) for start in range(0, len(X), 8)]
    ### END SOLUTION


# %% check="stream"
# 🔎 Check: stream
assert len(stream(np.zeros((16, 2, 2, 1)), np.zeros((16, 2, 2, 2)), 1)) == 2, "Sixteen pictures are two batches."
print("Two batches.")
