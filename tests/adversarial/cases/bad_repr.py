"""Values whose every method raises, and an exception that cannot be printed."""

EXPECT = {"half": 0, "mirror": 0}
ANSWERS = {
    "half": "class Bad:\n    def __getattribute__(self, name): raise BaseException('no')\nhalf = lambda grid: Bad()",
    "mirror": "class Error(Exception):\n    def __str__(self): raise KeyboardInterrupt\ndef mirror(grid): raise Error",
}
