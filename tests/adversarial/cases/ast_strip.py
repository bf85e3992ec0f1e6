"""Takes every assert out of the cells before they run."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0}
EXTRA = [
    """
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Strip())
"""
]
ANSWERS = {"half": "def half(grid): return grid", "mirror": "def mirror(grid): return grid"}
