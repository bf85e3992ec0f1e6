"""Read a kernel's messages within bounds: what is malformed is named as such, and nothing takes memory before it is looked at."""

from __future__ import annotations

from typing import Any

from jupyter_client.session import Session

# Bytes of a message's header, of its parent's, of its metadata.
HEAD_BYTES = 64 * 1024
# Commas and brackets of what a message says: each may become an object in the grader's memory.
MOST_OBJECTS = 1_000_000
# What jupyter_client, nbclient and nbformat raise for bytes that are no message, and for a message that is none of their kinds: signatures
# and JSON (ValueError), a part that is missing (LookupError) or of another type (TypeError, AttributeError), dates and versions out of
# range (ArithmeticError), brackets without end (RecursionError). To be caught around their code alone, with none of ours in it.
RAISED_FOR_MALFORMED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class MalformedMessage(Exception):
    """A kernel sent what no untouched kernel sends.

    Attributes
    ----------
    kind : str
        The class of what reading it raised, "ValueError".
    """

    def __init__(self, kind: str, text: str = "") -> None:
        super().__init__(text or kind)
        self.kind = kind


class BoundedSession(Session):
    """Read a kernel's messages as Jupyter does, but take no memory for what is there to take memory.

    What has too many parts is read as {}; a head that is too long makes it no message.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        read = self.unpack
        self.unpack = lambda part: {} if sum(map(part.count, b",[{")) > MOST_OBJECTS else read(part)

    def feed_identities(self, msg_list: Any, copy: bool = True) -> Any:
        """Split what routes a message from the message itself. MalformedMessage if there is none."""
        try:
            return super().feed_identities(msg_list, copy)
        except RAISED_FOR_MALFORMED as error:
            raise MalformedMessage(type(error).__name__, str(error)) from error

    def deserialize(self, msg_list: Any, content: bool = True, copy: bool = True) -> dict[str, Any]:
        """Return the message that some bytes are: its headers are dicts, and its type is text. MalformedMessage if they are none."""
        if any(len(part) > HEAD_BYTES for part in msg_list[1:4]):
            raise MalformedMessage("ValueError", "a message with far too long a head")
        try:
            message = super().deserialize(msg_list[:5], content, copy)
        except RAISED_FOR_MALFORMED as error:
            raise MalformedMessage(type(error).__name__, str(error)) from error
        if not isinstance(message.get("parent_header"), dict) or not isinstance(message.get("header"), dict):
            raise MalformedMessage("AttributeError", "a message whose head is no dict")
        if not isinstance(message.get("msg_type"), str):
            raise MalformedMessage("TypeError", "a message whose type is no text")
        return message


def member(value: Any, name: str) -> Any:
    """Return a member of what should be a dict and may be anything; None if there is none."""
    return value.get(name) if isinstance(value, dict) else None
