"""A notebook of version 3 with eight thousand malformed outputs, each of which a validation would look at for long."""

import json


def text(_):
    code = {
        "cell_type": "code",
        "input": "# Answer: half\n",
        "language": "python",
        "metadata": {},
        "outputs": [{"output_type": "stream", "text": 1}] * 8000,
    }
    return json.dumps(
        {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [code]}]}, separators=(",", ":")
    )


EXPECT = {"half": 0, "mirror": 0}
