"""Execute replies with odd contents: a payload, a status that is none, counts that are none."""

EXPECT = {"half": 0, "mirror": 0}
EXTRA = [
    """
import asyncio
kernel = type(get_ipython().kernel)
real = kernel.do_execute
n = [0]
async def do_execute(self, *a, **k):
    reply = await real(self, *a, **k)
    n[0] += 1
    return [reply, {**reply, "status": ["x"], "execution_count": {"a": 1}}, {**reply, "payload": [{"source": "set_next_input", "text": "x"}, 5], "user_expressions": {"reply": {"status": "ok", "data": {"application/vnd.autograder.reply": '{"ok": ["array", "float64", [1, 2], "AAAAAAAA8D8AAAAAAAAAQA=="]}'}}}}, {"status": "error"}][n[0] % 4]
kernel.do_execute = do_execute
"""
]
ANSWERS = {"half": "def half(grid): return grid", "mirror": "def mirror(grid): return grid"}
