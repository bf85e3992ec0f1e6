# answers-of-the-colouring-course-8d1c07f24e9b
# %% [markdown]
# # 1 · Halves
#
# A lesson of two exercises, for tests of the grader: small, so that a case takes a second and not five.

# %% tags=["setup"]
import numpy as np

# %% [markdown]
# ### Exercise 1.1 · Half as bright
# **5 points · about 2 minutes**
#
# Divide every value of a grid by two; the result is a grid of floats.
#
# <details><summary>Hint 1</summary>NumPy divides all values at once.</details>
# <details><summary>Hint 2</summary>The operator is `/`.</details>
# <details><summary>Hint 3</summary>`grid / …`</details>


# %% answer="half"
# ✏️ Answer: half
def half(grid):
    """Half of every value: an (H, W) grid in, an (H, W) grid of floats out."""
    ### BEGIN SOLUTION
    return np.asarray(grid) / 2
    ### END SOLUTION


# %% check="half"
# 🔎 Check: half
assert np.array_equal(half(np.array([[2, 4]])), [[1, 2]]), "Half of 2 and 4 is 1 and 2."
print("Halved.")

# %% [markdown]
# ### Exercise 1.2 · The other way round
# **5 points · about 2 minutes**
#
# Mirror a grid left to right. What was given stays as it is.
#
# <details><summary>Hint 1</summary>A slice can run backwards.</details>
# <details><summary>Hint 2</summary>Columns are the second axis.</details>
# <details><summary>Hint 3</summary>`grid[:, …]`</details>


# %% answer="mirror"
# ✏️ Answer: mirror
def mirror(grid):
    """The grid mirrored left to right, shape and values as they were."""
    ### BEGIN SOLUTION
    return grid[:, ::-1]
    ### END SOLUTION


# %% check="mirror"
# 🔎 Check: mirror
assert np.array_equal(mirror(np.array([[1, 2, 3]])), [[3, 2, 1]]), "1 2 3 mirrored is 3 2 1."
print("Mirrored.")
