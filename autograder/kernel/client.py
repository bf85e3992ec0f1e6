"""What a hidden check may ask of a student's work: call a function, read a variable. Nothing else passes."""

from __future__ import annotations

import contextlib
import inspect
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.errors import NotAnswered, NotThere, StudentError, Tampered
from autograder.keras_errors import explain_keras
from autograder.kernel import codec
from autograder.kernel.agent import reply_to
from autograder.library_errors import explain, one_line
from autograder.settings import MIB, limits

# Calls of stand-ins while one request is worked on.
MOST_STAND_INS = 20
# Bytes of arrays in the arguments of such a call, and the largest single number among them: hidden inputs are small.
MOST_FOR_A_STAND_IN = MIB // 2
LARGEST_FOR_A_STAND_IN = 300
# The same for a function that builds a network, whose size grows with the square of it.
LARGEST_FOR_A_NETWORK = 64
# Characters of all that stand-ins return for one request: it is sent again with each call. Right answers need 184 000 at most.
MOST_OF_STAND_INS = 4 * MIB
# A seed may be any number: nothing that is drawn grows with it.
LARGEST_SEED = 2**63
# Among the arguments of `Student.files_from`: the path of an empty folder.
FOLDER = codec.Folder()


@dataclass(frozen=True)
class Raised:
    """An exception of the student's code.

    Attributes
    ----------
    names : tuple of str
        Its class, and the bases of that, the nearest first.
    message : str
    line : str
        The last of the student's own lines that it passed through, or "".
    where : str
        The innermost of the student's own functions that it passed through, or "".
    """

    names: tuple[str, ...]
    message: str
    line: str
    where: str = ""

    def __str__(self) -> str:
        text = one_line(f"{self.names[0]}: {self.message}" if self.message else self.names[0])
        return f"{text} (at the line `{self.line}`)" if self.line else text

    def explained(self) -> str:
        """Return what it means, in the course's words."""
        said = str(self)
        return explain_keras(said) or explain(said) or "Your function stopped with an error before it came to an end."


class Student:
    """A student's names, as far as a check may ask for them.

    Every method raises NotAnswered for an exercise that is blank or missing, another StudentError for what the student's code did
    wrong, and Tampered for a reply that is none. Values are plain Python values and NumPy arrays; what is neither is `codec.Unsupported`.

    Parameters
    ----------
    ask : callable
        Sends one JSON request and returns one JSON reply.
    spent : callable, optional
        Called with the seconds of processor time that reading a reply took.
    namespace : dict, optional
        The names themselves, where they live in this process.

    Attributes
    ----------
    stood_in : set of str
        The functions for which the reference has stood in.
    """

    def __init__(
        self,
        ask: Callable[[str], str],
        spent: Callable[[float], None] | None = None,
        namespace: dict[str, Any] | None = None,
    ) -> None:
        self._ask = ask
        self._spent = spent
        self._namespace = namespace or {}
        self._stand_ins: tuple[str, ...] = ()
        self._reference: Student | None = None
        self._looks: dict[str, dict] = {}
        self.stood_in: set[str] = set()

    def with_stand_ins(self, names: Iterable[str], reference: Student) -> Student:
        """Return the same student, in whose namespace the reference's functions stand in for those of these names.

        The student's process never sees the reference: it sends the arguments of each call, and gets the value.
        """
        other = Student(self._ask, self._spent)
        other._stand_ins, other._reference = tuple(names), reference
        return other

    @property
    def standing_in(self) -> frozenset[str]:
        """The functions for which the reference stands in, called or not."""
        return frozenset(self._stand_ins)

    def named(self, function: str, args: list, kwargs: dict[str, Any]) -> list[tuple[str, Any]]:
        """Return the arguments of a call, each with the name of its parameter; "" where there is none."""
        try:
            parameters = [*inspect.signature(self._namespace[function]).parameters]
        except (KeyError, TypeError, ValueError):
            parameters = []
        names = [*parameters, *[""] * len(args)]
        return [*zip(names, args, strict=False), *kwargs.items()]

    def answering(self, name: str, *called: str) -> Student:
        """Return whom a check asks for what a function gives, whatever the size of its arguments: the reference where it stands in for that function, else this student.

        called: the earlier functions that this one calls, perhaps with arrays too large to be handed on.
        """
        wrong = {one for one in (name, *called) if one in self._stand_ins}
        if self._reference is None or not wrong:
            return self
        self.stood_in |= wrong
        return self._reference

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a function of the student's with copies of these arguments, and return what it returns."""
        return self._value(name, self._send("call", name, args, kwargs))

    def look_at(self, name: str) -> Any:
        """Call a function without arguments, as `call` does; several checks that look at what comes share one call."""
        if name not in self._looks:
            self._looks[name] = self._send("call", name, (), {})
        return self._value(name, self._looks[name])

    def forget_looks(self) -> None:
        """Let the next `look_at` call again: a cell was run, and the function may be another one."""
        self._looks.clear()

    def arguments_after(self, name: str, *args: Any) -> tuple:
        """Call a function and return its arguments as they are afterwards: was the input left alone?"""
        found = self._value(name, self._send("after", name, args, {}))
        if not isinstance(found, tuple) or len(found) != len(args):
            raise Tampered(f"`{name}` gave no readable answer.")
        return found

    def files_from(self, name: str, *args: Any, so_far: bool = False) -> dict[str, bytes]:
        """Return what a function writes into an empty folder: contents by file name, with "/" for folders in it. `FOLDER` among the arguments is its path.

        so_far: what was written before an error counts, and the error does not, if anything was.
        """
        found = self._value(name, self._send("files so far" if so_far else "files", name, args, {}))
        fits = isinstance(found, dict) and all(isinstance(v, (np.ndarray, codec.Unsupported)) for v in found.values())
        if not fits:
            raise Tampered(f"What `{name}` wrote could not be read.")
        return {str(key): value.tobytes() if isinstance(value, np.ndarray) else b"" for key, value in found.items()}

    def fitted(self, name: str, *args: Any, on: tuple[np.ndarray, np.ndarray, int]) -> tuple[Any, list[float], Any]:
        """Train the compiled model that a function returns.

        Parameters
        ----------
        name : str
            The function; `args` are its arguments.
        on : tuple
            Inputs, targets, and how many epochs.

        Returns
        -------
        before, losses, after
            The model as it came, the loss of each epoch, and the model afterwards.
        """
        more = {"on": [codec.encode(item) for item in on]}
        found = self._value(name, self._send("fit", name, args, {}, more))
        losses = found[1] if isinstance(found, list) and len(found) == 3 else None
        if not isinstance(losses, list) or not all(isinstance(loss, float) for loss in losses):
            raise Tampered(f"What `{name}` returns could not be trained.")
        return found[0], losses, found[2]

    @staticmethod
    def placeholder(name: str, *args: Any) -> codec.Placeholder:
        """Return what stands, among the arguments of a call, for what this function of the student's returns: `student.call("compile_alpha", student.placeholder("build_alpha"))`."""
        return codec.Placeholder(name, args)

    def value(self, name: str) -> Any:
        """Return a variable of the notebook."""
        return self._value(name, self._send("value", name, (), {}))

    def error(self, name: str, *args: Any, **kwargs: Any) -> Raised | None:
        """Call a function and return what it raised, or None if it returned. A blank answer is no exception: NotAnswered, as everywhere."""
        reply = self._send("call", name, args, kwargs)
        if "raised" in reply and "NotImplementedError" not in (raised := _raised(reply)).names:
            return raised
        self._value(name, reply)  # a missing or unreadable answer is no evidence that nothing was raised
        return None

    def _send(self, do: str, name: str, args: tuple, kwargs: dict, more: dict | None = None) -> dict:
        request = {
            **(more or {}),
            "do": do,
            "name": name,
            "args": [codec.encode(item) for item in args],
            "kwargs": {key: codec.encode(item) for key, item in kwargs.items()},
        }
        if not self._stand_ins:
            return self._reply(name, request)
        values: list = []
        held = 0
        while len(values) <= MOST_STAND_INS:
            reply = self._reply(name, {**request, "stand_ins": {"names": self._stand_ins, "values": values}})
            if "stand_in_called" not in reply:
                return reply
            values.append(self._stand_in(name, reply["stand_in_called"]))
            held += len(json.dumps(values[-1]))
            if held > MOST_OF_STAND_INS:
                raise StudentError(f"`{name}` gets far more from the earlier exercises than it needs.")
        raise StudentError(f"`{name}` calls the earlier exercises more than {MOST_STAND_INS} times.")

    def _reply(self, name: str, request: dict) -> dict:
        text = self._ask(json.dumps(request))
        if len(text) > limits().reply:
            raise Tampered(f"`{name}` gave an answer that is too large to be read.")
        with self._reading(name):
            reply = codec.parse(text)
        if not isinstance(reply, dict) or len(reply) != 1:
            raise Tampered(f"`{name}` gave no readable answer.")
        return reply

    def _stand_in(self, asker: str, called: Any) -> list:
        """What the reference returns for a call that the student's function made: its name, and an encoded value."""
        with self._reading(asker):
            fits = isinstance(called, list) and len(called) == 3 and called[0] in self._stand_ins
            if not fits or not isinstance(called[1], list) or not isinstance(called[2], dict):
                raise codec.BadData("no readable call")
            whose, args = called[0], [codec.decode(item) for item in called[1]]
            kwargs = {str(key): codec.decode(item) for key, item in called[2].items()}
        assert self._reference is not None
        values = [v for name, v in self._reference.named(whose, args, kwargs) if not (name == "seed" and _is_seed(v))]
        largest = LARGEST_FOR_A_NETWORK if whose.startswith("build_") else LARGEST_FOR_A_STAND_IN
        if (
            not all(_harmless(value, largest) for value in values)
            or sum(np.asarray(v).nbytes for v in values) > MOST_FOR_A_STAND_IN
        ):
            return [whose, ["raised", f"`{whose}` was called with what it does not take"]]
        self.stood_in.add(whose)
        request = {"do": "call", "name": whose, "args": called[1], "kwargs": called[2]}
        with self._reading(asker, time.process_time):  # what the course's answer takes was asked for by the student's
            reply = json.loads(self._reference._ask(json.dumps(request)))
        if "ok" in reply:
            return [whose, reply["ok"]]
        return [whose, ["raised", str(reply.get("raised", {}).get("message", ""))]]

    @contextlib.contextmanager
    def _reading(self, name: str, clock: Callable[[], float] = time.thread_time) -> Iterator[None]:
        """Tampered for what cannot be read; the time counts as the student's."""
        began = clock()
        try:
            yield
        except codec.BadData as error:
            raise Tampered(f"`{name}` gave no readable answer: {error}.") from None
        finally:
            if self._spent is not None:
                self._spent(clock() - began)

    def _value(self, name: str, reply: dict) -> Any:
        if "ok" in reply:
            with self._reading(name):
                return codec.decode(reply["ok"])
        if "missing" in reply:
            raise NotThere(
                f"There is no `{name}` in the notebook at this point. Was its cell run, and is the name spelled like this?"
            )
        if "not_callable" in reply:
            raise StudentError(f"`{name}` should be a function. Was the name used again for something else?")
        raised = _raised(reply)
        if "NotImplementedError" in raised.names:
            raise NotAnswered("Not answered yet. The line `raise NotImplementedError` is still there.", raised.where)
        raise StudentError(f"{raised.explained()} `{name}` raised {raised}.")


def _raised(reply: dict) -> Raised:
    """Read an exception's report in a reply, believing none of its types."""
    report = reply.get("raised")
    if not isinstance(report, dict) or not isinstance(report.get("names"), list) or not report["names"]:
        raise Tampered("The answer could not be read.")
    texts = [report.get("message", ""), report.get("line", ""), report.get("in", ""), *report["names"][:20]]
    if not all(isinstance(text, str) for text in texts):
        raise Tampered("The answer could not be read.")
    message, line, where, *names = (codec.plain_text(text[: codec.MAX_TEXT]) for text in texts)
    return Raised(tuple(name[:100] for name in names), message, line[:200], where[:100])


def _harmless(value: Any, largest: float = LARGEST_FOR_A_STAND_IN) -> bool:
    """Whether a value may be handed to the reference, which runs in the grader: a number, a short name, an array of numbers, or a few of them."""
    if isinstance(value, (list, tuple)):
        return len(value) <= 100 and all(not isinstance(v, (list, tuple)) and _harmless(v, largest) for v in value)
    if isinstance(value, str):
        return len(value) <= 20 and value.isidentifier()
    if isinstance(value, (bool, int, float, np.generic)):
        return bool(abs(value) <= largest)  # type: ignore[arg-type]
    return value is None or (isinstance(value, np.ndarray) and largest != LARGEST_FOR_A_NETWORK)


def _is_seed(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and abs(int(value)) <= LARGEST_SEED


def live(namespace: dict[str, Any]) -> Student:
    """Return a student in this very process: the reference solution, or a learner's own session."""
    return Student(lambda request: reply_to(request, namespace), namespace=namespace)
