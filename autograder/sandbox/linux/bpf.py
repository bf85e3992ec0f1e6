"""Assembles programs of classic BPF, in which seccomp(2) wants its filters. Jumps name labels; the offsets are counted here."""

import struct

# Of linux/bpf_common.h: load a word, jump if it is equal, if it is at least as large, if it has any of the bits; return.
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# Of linux/seccomp.h: what a filter returns. The number of an error is added to the second.
ALLOW, ERROR = 0x7FFF0000, 0x50000
# In struct seccomp_data: the number of the call, the architecture, and the lower half of the first argument; others follow every 8 bytes.
CALL, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
# The farthest that a jump leads.
LONGEST_JUMP = 255


class Program:
    """A program that is written line by line."""

    def __init__(self):
        self._lines = []
        self._labels = {}

    def load(self, offset):
        """Load the word at an offset of struct seccomp_data."""
        self._lines.append((LOAD, offset, None, None))

    def jump(self, test, value, yes=None, no=None):
        """Go to the label `yes` if the loaded word passes a test, else to the label `no`; to the next line where there is no label."""
        self._lines.append((test, value, yes, no))

    def give(self, answer):
        """End with an answer."""
        self._lines.append((RETURN, answer, None, None))

    def label(self, name):
        """Give the next line a name. All jumps to it come before it."""
        if name in self._labels:
            raise ValueError(f"two labels {name}")
        self._labels[name] = len(self._lines)

    def assemble(self):
        """Return the program as an array of struct sock_filter.

        Raises
        ------
        ValueError
            If a jump leads back, too far, or nowhere.
        """
        return b"".join(
            struct.pack("HBBI", code, self._offset(yes, place), self._offset(no, place), value)
            for place, (code, value, yes, no) in enumerate(self._lines)
        )

    def _offset(self, label, place):
        """Return how many lines a jump from a place passes over."""
        if label is None:
            return 0
        offset = self._labels.get(label, -1) - place - 1
        if not 0 <= offset <= LONGEST_JUMP or place + 1 + offset >= len(self._lines):
            raise ValueError(f"no way from line {place} to the label {label}")
        return offset
