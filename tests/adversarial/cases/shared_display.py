"""Updates displays of other cells, with data of every kind, and huge display ids."""

EXPECT = {"half": 0, "mirror": 5}
EXTRA = [
    """
from IPython.display import display
ip = get_ipython()
h = display({"text/plain": "first"}, raw=True, display_id="x" * 1_000_00)
for n in range(200): display({"text/plain": "a"}, raw=True, display_id=str(n))
"""
]
ANSWERS = {
    "half": "for n in range(200): display({'text/plain': '5.0', 'text/html': '<b>10</b>'}, raw=True, display_id=str(n), update=True)\nhalf = 5"
}
