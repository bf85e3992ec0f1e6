# answers-of-the-colouring-course-8d1c07f24e9b
# %% [markdown]
# # 2 · Dots
#
# A lesson with a small network, for tests of how models and weights are taken.

# %% tags=["setup"]
import numpy as np

# %% [markdown]
# ### Exercise 2.1 · A network that learns
# **5 points · about 2 minutes**
#
# A compiled Keras model of one convolution: 2 filters of 3 × 3, padding same, tanh; the input is (None, None, 1).
# RMSprop with a learning rate of 0.02, mean squared error.
#
# <details><summary>Hint 1</summary>One layer behind the input.</details>
# <details><summary>Hint 2</summary>`keras.layers.Conv2D`</details>
# <details><summary>Hint 3</summary>`keras.Sequential([...])`</details>


# %% answer="dot"
# ✏️ Answer: dot
def dot():
    """A compiled network: (n, H, W, 1) in, (n, H, W, 2) out."""
    ### BEGIN SOLUTION
    import keras

    layers = [keras.Input(shape=(None, None, 1)), keras.layers.Conv2D(2, 3, padding="same", activation="tanh")]
    network = keras.Sequential(layers)
    network.compile(optimizer=keras.optimizers.RMSprop(0.02), loss="mse")
    return network
    ### END SOLUTION


# %% check="dot"
# 🔎 Check: dot
assert hasattr(dot(), "to_json"), "A Keras model is wanted."
print("A model.")

# %% [markdown]
# ### Exercise 2.2 · Twice as bright
# **5 points · about 2 minutes**
#
# Every value of a grid, doubled.
#
# <details><summary>Hint 1</summary>NumPy multiplies all values at once.</details>
# <details><summary>Hint 2</summary>The operator is `*`.</details>
# <details><summary>Hint 3</summary>`grid * …`</details>


# %% answer="twice"
# ✏️ Answer: twice
def twice(grid):
    """Every value doubled: an (H, W) grid in and out."""
    ### BEGIN SOLUTION
    return grid * 2
    ### END SOLUTION


# %% check="twice"
# 🔎 Check: twice
assert np.array_equal(twice(np.array([[1, 2]])), [[2, 4]]), "Twice 1 and 2 is 2 and 4."
print("Doubled.")
