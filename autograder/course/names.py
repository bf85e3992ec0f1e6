"""What a cell does with names, found by reading its code: which it reads, which it makes, and whose value it may change."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from autograder.course import cell_code

# Who reads or calls one of these may reach any name, in ways that cannot be read. In IPython, `exit` and `quit` are objects that hold the shell.
ANY_NAME = {
    *(
        "globals",
        "locals",
        "vars",
        "dir",
        "eval",
        "exec",
        "__import__",
        "get_ipython",
        "In",
        "Out",
        "exit",
        "quit",
    ),
    *("inspect", "gc", "ctypes", "importlib", "__main__", "pickle", "dill", "joblib", "display_history"),
}
# Attributes that lead to the names of a notebook.
ANY_ATTRIBUTE = {
    *(
        "_getframe",
        "f_globals",
        "f_locals",
        "f_back",
        "tb_frame",
        "__globals__",
        "__closure__",
        "__builtins__",
        "modules",
    ),
    *("user_ns", "user_module", "get_objects", "get_referrers", "currentframe", "__subclasses__", "__code__"),
}
# Magics that read no name of the notebook's.
HARMLESS_MAGICS = {"matplotlib", "pip", "conda", "config"}
# Default values that are made once, and that calls may write to.
WRITABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Call)
WORD = re.compile(r"[^\W\d]\w*")


@dataclass
class NamesOf:
    """What a cell does with names.

    Attributes
    ----------
    reads : dict of str to bool
        Names that it reads without having made them; True for one that a function of the cell reads.
    at_once : set of str
        Those of them that it reads outside of functions.
    makes : set of str
        Names that it makes, be it on one way through the cell alone.
    defines : set of str
        Those that stand for a function or a class, or for a module.
    at_top : set of str
        Those of them that it makes outside of functions.
    touches : set of str
        Names whose value it may change: it calls a method, writes to a part, or gives it to a function.
    remembers : set of str
        Names of other cells' values to which one of its functions may write: what a call does then depends on earlier calls.
    keeps_state : bool
        Whether a function of it may do so by other ways: it declares a name global, or has a default value that can be written to.
    anything : bool
        Whether it may do more than can be read.
    """

    reads: dict[str, bool] = field(default_factory=dict)
    at_once: set[str] = field(default_factory=set)
    makes: set[str] = field(default_factory=set)
    defines: set[str] = field(default_factory=set)
    at_top: set[str] = field(default_factory=set)
    touches: set[str] = field(default_factory=set)
    remembers: set[str] = field(default_factory=set)
    keeps_state: bool = False
    anything: bool = False

    @classmethod
    @functools.lru_cache(maxsize=500)  # the course's own cells are the same in every submission
    def of(cls, source: str) -> NamesOf:
        """Read a cell. One that is no Python uses nothing: it stops before its first line."""
        use = cls()
        try:
            tree = cell_code.read(source)
        except SyntaxError:
            # It may be a magic of a whole cell, or Python whose first part IPython runs all the same.
            use.anything = bool(re.search(r"^\s*[%!?]", source, re.MULTILINE))
            return use
        except cell_code.Unreadable:
            use.anything = True
            return use
        try:
            _Reader(use).body(tree.body)
        except RecursionError:
            use.anything = True
        return use


class _Reader(ast.NodeVisitor):
    """Goes through a cell in the order in which it is run."""

    def __init__(self, use: NamesOf) -> None:
        self.use = use
        self.made: set[str] = set()  # before this place
        self.local: list[set[str]] = []  # names of the functions around this place

    def body(self, statements: list[ast.stmt]) -> None:
        """Read a cell's statements."""
        for statement in statements:
            self.visit(statement)

    # -- names ----------------------------------------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._read(node.id)
        else:
            self._make(node.id)

    def _read(self, name: str) -> None:
        self.use.anything |= name in ANY_NAME
        if any(name in names for names in self.local):
            return
        if self.local:
            self.use.reads[name] = True
        elif name not in self.made:
            self.use.reads.setdefault(name, False)
            self.use.at_once.add(name)

    def _make(self, name: str) -> None:
        if self.local:  # of a function; what it declares global is not among its names
            if not any(name in names for names in self.local):
                self.use.makes.add(name)
            return
        self.use.makes.add(name)
        self.use.at_top.add(name)
        self.made.add(name)

    def _define(self, name: str) -> None:
        if not self.local:
            self.use.defines.add(name)

    def visit_Global(self, node: ast.Global) -> None:
        self.use.keeps_state |= bool(self.local)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.use.anything |= node.attr in ANY_ATTRIBUTE
        if not isinstance(node.ctx, ast.Load):
            self._touch(node)
        self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._touch(node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = ast.unparse(node.func) if isinstance(node.func, ast.Attribute) else ""
        if called.startswith("get_ipython()."):
            self._magic(node, called.removeprefix("get_ipython()."))
            return
        self._touch(node.func if called else None, *node.args, *(item.value for item in node.keywords))
        self.generic_visit(node)

    def _touch(self, *nodes: ast.expr | None) -> None:
        """Note the names at whose value one of these may write; who calls a function touches what it is given."""
        for node in nodes:
            while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
                node = node.value
            if isinstance(node, ast.Name) and not any(node.id in names for names in self.local):
                self.use.touches.add(node.id)
                if self.local:
                    self.use.remembers.add(node.id)
            elif isinstance(node, (ast.Tuple, ast.List)):
                self._touch(*node.elts)

    def _magic(self, node: ast.Call, called: str) -> None:
        """Read what IPython makes of `%magic` and `!command`: a harmless one uses no more names than stand in its text."""
        texts = [item.value if isinstance(item, ast.Constant) else None for item in node.args]
        harmless = called in ("system", "getoutput") or (called == "run_line_magic" and texts[0] in HARMLESS_MAGICS)
        if not harmless or not all(isinstance(text, str) for text in texts):
            self.use.anything = True
        for text in texts:
            for name in WORD.findall(str(text)):
                self._read(name)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self._read(node.target.id)
            self._touch(node.target)
        self.visit(node.target)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        for part in (node.annotation, node.value):
            if part is not None:
                self.visit(part)
        if node.value is not None:
            self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.visit(node.target)

    def visit_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._touch(target)
            if isinstance(target, ast.Name):
                self._read(target.id)
            self.visit(target)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            named = f"{module}.{alias.name}" if module else alias.name
            self.use.anything |= alias.name == "*" or bool(ANY_NAME & set(named.split(".")))
            self.use.anything |= alias.name in ANY_ATTRIBUTE
            self._make(alias.asname or alias.name.split(".")[0])
            self._define(alias.asname or alias.name.split(".")[0])

    visit_ImportFrom = visit_Import

    # -- statements -----------------------------------------------------------------------------------------------
    # A name that a cell makes on one way through it counts as made: where that way is not taken, the reader finds no such name, and then the whole
    # notebook is run.

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        for part in (node.iter, node.target, *node.body, *node.orelse):
            self.visit(part)

    visit_AsyncFor = visit_For

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type is not None:
            self.visit(node.type)
        if node.name:
            self._make(node.name)
        for statement in node.body:
            self.visit(statement)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self._make(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self._make(node.rest)
        self.generic_visit(node)

    # -- names of their own ---------------------------------------------------------------------------------------

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        given = node.args
        defaults = [*given.defaults, *given.kw_defaults]
        self.use.keeps_state |= any(isinstance(default, WRITABLE) for default in defaults)
        outside = [*defaults, *getattr(node, "decorator_list", [])]
        arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        outside += [argument.annotation for argument in arguments if argument is not None]
        outside.append(getattr(node, "returns", None))
        for part in outside:
            if part is not None:
                self.visit(part)
        names = {argument.arg for argument in arguments if argument is not None}
        body: list[ast.AST] = [*node.body] if isinstance(node.body, list) else [node.body]
        self.local.append(names | _own_names(body))
        for part in body:
            self.visit(part)
            if isinstance(part, (ast.Raise, ast.Return)):
                break
        self.local.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._function(node)
        self._make(node.name)
        self._define(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef
    visit_Lambda = _function

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *(item.value for item in node.keywords)):
            self.visit(part)
        before = set(self.made), set(self.use.makes), set(self.use.at_top)  # the names of its body are its own
        for statement in node.body:
            self.visit(statement)
        self.made, self.use.makes, self.use.at_top = before
        self._make(node.name)
        self._define(node.name)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        """Read one: its names are its own, and it reads others at once, or, as a generator, soon."""
        self.visit(node.generators[0].iter)
        own = {name for part in node.generators for name in _stored([part.target])}
        read = _Reader(NamesOf())
        read.made = self.made | own
        for generator in node.generators:
            for part in (*generator.ifs, *([] if generator is node.generators[0] else [generator.iter])):
                read.visit(part)
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            read.visit(part)
        self.use.anything |= read.use.anything
        self.use.touches |= read.use.touches - own
        if self.local:
            self.use.remembers |= {n for n in read.use.touches - own if not any(n in names for names in self.local)}
        for name in read.use.makes - own:  # by a walrus
            self._make(name)
        for name, later in read.use.reads.items():
            if later and name not in own and not any(name in names for names in self.local):
                self.use.reads[name] = True
            elif name not in own:
                self._read(name)

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension


def _stored(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that are written to somewhere in these parts."""
    return {
        node.id
        for part in nodes
        for node in ast.walk(part)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }


def _own_names(body: list[ast.AST]) -> set[str]:
    """Return the names that belong to a function because its body makes them; not those that it declares global."""
    names, declared, waiting = set(), set(), list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Global):
            declared |= set(node.names)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
            continue
        elif isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            continue
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif (isinstance(node, ast.ExceptHandler) and node.name) or (
            isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name
        ):
            names.add(node.name)
        waiting.extend(ast.iter_child_nodes(node))
    return names - declared
