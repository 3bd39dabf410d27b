"""Mutants of a module: copies in each of which one small thing is wrong. Which there are, and how one is made.

What is changed: comparisons (their limit, and turned round), ``and`` and ``or``, ``not``, what an ``if`` asks,
arithmetic, numbers, ``True`` and ``False``, words in quotes that are not sentences, members of the contract's
enumerations, what is returned; one thing is left out: an entry of a table, a call, an assignment to an attribute,
a case. What is not: annotations, decorators, docstrings, sentences, f-strings, ``assert``, ``__slots__``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

from vr_runtime.protocol import words

Edit = Callable[[], None]
"""Makes the change in the tree that it was found in."""

_WORD = re.compile(r"[A-Za-z0-9_:.-]+")
_TURNED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OTHER: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_ENUMS = {
    name: kind for name, kind in vars(words).items() if isinstance(kind, type) and issubclass(kind, Enum)
}


class Mutant(NamedTuple):
    """``number`` counts the mutants of a module, in the order of its text."""

    number: int
    line: int
    what: str


class _Found(NamedTuple):
    line: int
    what: str
    edit: Edit


def mutants(source: str) -> list[Mutant]:
    """All mutants of a module, always the same for the same text."""
    return [
        Mutant(number, found.line, found.what)
        for number, found in enumerate(_finder(ast.parse(source)).found)
    ]


def mutated(source: str, number: int) -> ast.Module:
    """The module with one mutation, ready to be compiled."""
    tree = ast.parse(source)
    _finder(tree).found[number].edit()
    return ast.fix_missing_locations(tree)


def _finder(tree: ast.Module) -> _Finder:
    finder = _Finder(tree)
    finder.visit(tree)
    return finder


class _Finder(ast.NodeVisitor):
    """Walks a module and notes what could be changed."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: list[_Found] = []
        self._phases = _names_of_members(tree)
        self._in_init = False

    # ------------------------------------------------------------------ what is passed over

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """A sentence."""

    def visit_Assert(self, node: ast.Assert) -> None:
        """For the reader and the type checker."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        """Its annotation."""

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.value, ast.Name) and node.value.id in ("list", "dict", "set", "tuple", "deque"):
            return  # a type
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._body(node.body)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        before, self._in_init = self._in_init, node.name == "__init__"
        self.visit(node.args)
        self._body(node.body)
        self._in_init = before

    def visit_Module(self, node: ast.Module) -> None:
        self._body(node.body)

    def _body(self, body: list[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue  # a docstring
            if isinstance(statement, ast.Import | ast.ImportFrom):
                continue
            self.visit(statement)

    # ------------------------------------------------------------------ what is changed

    def visit_Compare(self, node: ast.Compare) -> None:
        for at, operator in enumerate(node.ops):
            for other in _TURNED[type(operator)]:
                self._put(node, f"{_name(operator)} to {other.__name__}", _setter(node.ops, at, other()))
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        self._put(node, f"{_name(node.op)} to {_name(other)}", lambda: setattr(node, "op", other))
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            # `not x` to `not not x`: the truth of x
            inner = node.operand
            self._put(
                node,
                "not left out",
                lambda: setattr(node, "operand", ast.UnaryOp(op=ast.Not(), operand=inner)),
            )
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        other = _OTHER.get(type(node.op))
        if other is not None:
            self._put(node, f"{_name(node.op)} to {other.__name__}", lambda: setattr(node, "op", other()))
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        other = _OTHER.get(type(node.op))
        if other is not None:
            self._put(node, f"{_name(node.op)}= to {other.__name__}=", lambda: setattr(node, "op", other()))
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        self._asked(node)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._asked(node)
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._asked(node)
        self.generic_visit(node)

    def _asked(self, node: ast.If | ast.IfExp | ast.While) -> None:
        test = node.test
        if isinstance(test, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr | ast.BoolOp):
            turned = ast.UnaryOp(op=ast.Not(), operand=test)
            self._put(test, "asked the other way round", lambda: setattr(node, "test", turned))

    def visit_Return(self, node: ast.Return) -> None:
        value = node.value
        if value is not None and not (isinstance(value, ast.Constant) and value.value in (None, False)):
            self._put(node, "returns None", lambda: setattr(node, "value", ast.Constant(value=None)))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self._put(node, f"{value} to {not value}", lambda: setattr(node, "value", not value))
        elif isinstance(value, int | float):
            self._put(node, f"{value} to {value + 1}", lambda: setattr(node, "value", value + 1))
        elif isinstance(value, str) and _WORD.fullmatch(value):
            self._put(node, f"'{value}' to another", lambda: setattr(node, "value", f"{value}_x"))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        kind = _ENUMS.get(node.value.id) if isinstance(node.value, ast.Name) else None
        if kind is not None and node.attr in kind.__members__:
            other = _after(list(kind.__members__), node.attr)
            self._put(node, f"{node.attr} to {other}", lambda: setattr(node, "attr", other))
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and node.id in self._phases:
            other = _after(self._phases, node.id)
            self._put(node, f"{node.id} to {other}", lambda: setattr(node, "id", other))

    # ------------------------------------------------------------------ what is left out

    def visit_Assign(self, node: ast.Assign) -> None:
        names = [name for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
        if any(name.id == "__slots__" for name in names) or _gives_names(node):
            return
        if isinstance(node.targets[0], ast.Attribute) and not self._in_init:
            target = node.targets[0]
            kept = ast.copy_location(ast.Attribute(target.value, target.attr, ast.Load()), target)
            self._put(node, "assignment left out", lambda: setattr(node, "value", kept))
        self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self._put(node, "call left out", lambda: setattr(node, "value", ast.Constant(value=None)))
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        for at, key in enumerate(node.keys):
            self._put(
                key or node, f"entry {at + 1} left out", lambda at=at: _without(at, node.keys, node.values)
            )
        self.generic_visit(node)

    def visit_Set(self, node: ast.Set) -> None:
        if len(node.elts) > 1:
            for at, item in enumerate(node.elts):
                self._put(item, f"item {at + 1} left out", lambda at=at: _without(at, node.elts))
        self.generic_visit(node)

    def visit_Match(self, node: ast.Match) -> None:
        for at, case in enumerate(node.cases):
            if not isinstance(case.pattern, ast.MatchAs) and len(node.cases) > 1:
                self._put(case.pattern, "case left out", lambda at=at: _without(at, node.cases))
        self.generic_visit(node)

    def _put(self, node: ast.expr | ast.stmt | ast.pattern, what: str, edit: Edit) -> None:
        self.found.append(_Found(node.lineno, what, edit))


def _names_of_members(tree: ast.Module) -> list[str]:
    """Short names that a module gives to members, as ``SETUP, BASELINE = Phase.SETUP, Phase.BASELINE``."""
    names: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and _gives_names(node):
            names += [name.id for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name)]
    return names


def _gives_names(node: ast.Assign) -> bool:
    target, value = node.targets[0], node.value
    return (
        isinstance(target, ast.Tuple)
        and isinstance(value, ast.Tuple)
        and all(
            isinstance(item, ast.Attribute) and isinstance(item.value, ast.Name) and item.value.id in _ENUMS
            for item in value.elts
        )
    )


def _without(at: int, *lists: list[Any]) -> None:
    for items in lists:
        del items[at]


def _setter(items: list[Any], at: int, value: object) -> Edit:
    def change() -> None:
        items[at] = value

    return change


def _after(names: list[str], name: str) -> str:
    return names[(names.index(name) + 1) % len(names)]


def _name(operator: ast.AST) -> str:
    return type(operator).__name__
