"""Updates and clears displays after the fact."""

EXPECT = {"half": 0, "mirror": 5}
EXTRA = [
    "from IPython.display import display, clear_output\nh = display('a', display_id='x')\nh.update('5.0')\nclear_output()"
]
ANSWERS = {"half": "h.update('5.0')\ndef half(grid): return grid"}
