"""Seed faults: every small change of one place in a function that a hasty author could have made.

    total = 0                                start      total = 1
    for number in numbers:
        if number > 0:                       boundary   if number >= 0:
            total += number                  operator   total -= number
    return total                             return     (the line is gone)

A change need not be a fault: `number >= 0` adds up the same. Whoever uses these keeps those that
some check of the function tells from the original (`fails`).
"""

import ast
from collections.abc import Callable, Iterator, Mapping

from experiments.core import BookError

FAULTS = ("boundary", "comparison", "operator", "logic", "start", "return", "variable")

_EDGE = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_OTHER_WAY = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Eq: ast.NotEq,
              ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In}
_ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult,
               ast.FloorDiv: ast.Mod, ast.Mod: ast.FloorDiv}
_ONE_SIDED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod)

Change = Callable[[ast.AST], None]


def mutants(code: str) -> list[tuple[str, str]]:
    """List (kind of fault, code) of every changed function, each code once, the original never."""
    found = {ast.unparse(ast.parse(code)): ""}
    places = len(list(ast.walk(ast.parse(code))))
    for place in range(places):
        for number, (kind, _) in enumerate(_changes(*_node(code, place))):
            tree, node = _node(code, place)
            list(_changes(tree, node))[number][1](node)
            if not _runs_for_ever(tree):
                found.setdefault(ast.unparse(ast.fix_missing_locations(tree)), kind)
    return [(kind, text) for text, kind in found.items() if kind]


def fails(code: str, checks: tuple[str, ...]) -> bool:
    """Return whether a function of this book fails one of its checks, or raises in it.

    It runs the code: never give it a text that a model or a document wrote.
    """
    names: dict = {}
    exec(compile(code, "seeded-bugs", "exec"), names)
    try:
        return not all(eval(check, dict(names)) for check in checks)
    except Exception:  # noqa: BLE001 - whatever a faulty function raises is a failed check
        return True


def rename(code: str, names: Mapping[str, str]) -> str:
    """Return parameters and variables other names; raises BookError where two would become one."""
    tree = ast.parse(code)
    own = own_names(tree)
    new = {name: names.get(name, name) for name in own}
    if len(set(new.values())) < len(own):
        raise BookError(f"two names of a function would both become one of "
                        f"{sorted(new.values())}: give one of {sorted(own)} another synonym")
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.arg = new[node.arg]
        elif isinstance(node, ast.Name) and node.id in new:
            node.id = new[node.id]
    return ast.unparse(tree)


def own_names(tree: ast.AST) -> list[str]:
    """List the names that a function binds, parameters first."""
    nodes = list(ast.walk(tree))
    bound = [n.arg for n in nodes if isinstance(n, ast.arg)]
    bound += [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return [name for name in dict.fromkeys(bound) if name != "_"]


def _runs_for_ever(tree: ast.AST) -> bool:
    """Return whether a loop adds to what it goes through: such a fault nobody could check."""
    def names(node: ast.AST) -> set[str]:
        return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}

    return any(
        isinstance(part, ast.Attribute) and part.attr in ("append", "insert", "add")
        and names(part.value) & names(loop.iter)
        for loop in ast.walk(tree) if isinstance(loop, ast.For) for part in ast.walk(loop))


def _node(code: str, place: int) -> tuple[ast.Module, ast.AST]:
    tree = ast.parse(code)
    return tree, list(ast.walk(tree))[place]


def _changes(tree: ast.Module, node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Yield each change of one node with its kind."""
    function = tree.body[0]
    if isinstance(node, ast.Compare):
        for number, operator in enumerate(node.ops):
            for kind, table in (("boundary", _EDGE), ("comparison", _OTHER_WAY)):
                if type(operator) in table:
                    yield kind, _set_item("ops", number, table[type(operator)]())
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _ARITHMETIC:
        yield "operator", _set("op", _ARITHMETIC[type(node.op)]())
        if isinstance(node, ast.BinOp) and isinstance(node.op, _ONE_SIDED):
            yield "operator", _swap
    elif isinstance(node, ast.BoolOp):
        yield "logic", _set("op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.If) and not isinstance(node.test, ast.Compare | ast.BoolOp):
        yield "logic", _negate  # of a comparison it would be an odd sight that gives it away
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and isinstance(
            node.value.value, bool):
        yield "logic", _set("value", ast.Constant(not node.value.value))
    elif isinstance(node, ast.Call) and ast.unparse(node.func) == "range":
        last = min(len(node.args), 2) - 1
        for step in (ast.Add(), ast.Sub()):
            yield "boundary", _set_item("args", last, _off(node.args[last], step))
    elif isinstance(node, ast.Subscript):
        yield from _edges(node)
    elif isinstance(node, ast.Assign) and node in function.body and _constant(node.value):
        yield "start", _set("value", ast.Constant(1 if node.value.value == 0 else 0))
    elif node is function:
        yield from _returns(function)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        own = own_names(tree)
        yield from (("variable", _set("id", name)) for name in own
                    if node.id in own and name != node.id)


def _edges(node: ast.Subscript) -> Iterator[tuple[str, Change]]:
    if not isinstance(node.slice, ast.Slice):
        yield "boundary", _set("slice", _off(node.slice, ast.Add()))
        yield "boundary", _set("slice", _off(node.slice, ast.Sub()))
        return
    for end in ("lower", "upper"):
        bound = getattr(node.slice, end)
        if bound is not None:
            further = _off(bound, ast.Add())
            yield "boundary", lambda one, end=end, new=further: setattr(one.slice, end, new)


def _returns(function: ast.FunctionDef) -> Iterator[tuple[str, Change]]:
    """Forget the last return, or let it slip into the loop before it."""
    before, last = function.body[-2:] if len(function.body) > 1 else (None, None)
    if not isinstance(last, ast.Return) or not isinstance(before, ast.For | ast.If | ast.Assign):
        return
    yield "return", lambda one: one.body.pop()
    if isinstance(before, ast.For):
        yield "return", lambda one: one.body[-2].body.append(one.body.pop())


def _off(bound: ast.expr, operator: ast.operator) -> ast.expr:
    """Move a bound by one: 3 becomes 4 or 2, `n + 1` becomes `n` or `n + 2`."""
    step = 1 if isinstance(operator, ast.Add) else -1
    if isinstance(bound, ast.BinOp) and isinstance(bound.op, ast.Add | ast.Sub) and isinstance(
            bound.right, ast.Constant):
        sign = 1 if isinstance(bound.op, ast.Add) else -1
        moved = sign * bound.right.value + step
        return _plus(bound.left, moved)
    try:
        return ast.parse(str(ast.literal_eval(bound) + step), mode="eval").body
    except (ValueError, TypeError):
        return _plus(bound, step)


def _plus(left: ast.expr, number: int) -> ast.expr:
    if number == 0:
        return left
    return ast.BinOp(left, ast.Add() if number > 0 else ast.Sub(), ast.Constant(abs(number)))


def _constant(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and type(value.value) is int


def _set(field: str, value) -> Change:
    return lambda node: setattr(node, field, value)


def _set_item(field: str, number: int, value) -> Change:
    return lambda node: getattr(node, field).__setitem__(number, value)


def _swap(node: ast.BinOp) -> None:
    node.left, node.right = node.right, node.left


def _negate(node: ast.If) -> None:
    test = node.test
    inner = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else None
    node.test = inner or ast.UnaryOp(ast.Not(), test)
