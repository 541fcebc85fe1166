"""The sandbox that templates run in, and how much they may do there.

Jinja's own keeps a template from Python; it does not keep one from running or growing without end. Here every round of
a loop, every call and every text that is made costs something of what one run may spend: so a run ends, whatever the
template says, after the same step on every machine. Only loops, macros, blocks and included files can run for long,
and `_Compiler` puts a step into each; only operators, filters, methods and output can make something large, and what
they would make is weighed before it is made.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame, operators
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from flashgen import rules
from flashgen.render.faults import Misuse

# In steps and characters. The largest run of the built-in kinds spends a few thousand.
MOST = 2_000_000
# What one number may be: larger ones are of no use on a card, and take long to reckon with.
_BITS = 128
_LONG_NUMBER = re.compile(r"\d{4}|\*")
# What takes longer than a character: to look into a container, to look at anything else, to call.
_CONTAINER, _OTHER, _CALL = 4, 8, 12
_AROUND = (Context, nodes.EvalContext, Environment)


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """Jinja's strictest sandbox, in which a run may spend so much and no more. `start` begins a run."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})
    left = MOST

    def __init__(self, **options: Any) -> None:
        super().__init__(finalize=self.weighed, **options)
        self.code_generator_class = _Compiler
        # The same sources make the same cards.
        del self.filters["random"]
        self.filters = {name: self._bounded_filter(made) for name, made in self.filters.items()}
        tests: dict[str, Any] = self.tests
        self.tests = {name: self._bounded_test(made) for name, made in tests.items()}

    def start(self) -> None:
        """Let the next run spend as much as any."""
        self.left = MOST

    def spend(self, amount: int) -> None:
        """Take from what is left. Raises Misuse where that is not enough."""
        self.left -= amount
        if self.left < 0:
            _refuse_endless()

    def weighed(self, value: Any) -> Any:
        """Return a value once what it weighs is spent."""
        self.spend(weight(value, self.left))
        return value

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return what an operator makes of two values, where that is not too much."""
        if isinstance(left, int) and isinstance(right, int):
            size = left.bit_length() * max(1, right) if operator == "**" else left.bit_length() + right.bit_length()
            if size > _BITS:
                _refuse_endless()
        elif operator == "*":
            self.spend(_times(left, right) + _times(right, left))
        elif operator == "%" and isinstance(left, str):
            self._check_format(left, (right,))
        return self.weighed(super().call_binop(context, operator, left, right))

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what a template calls, where what comes back cannot be too much."""
        method = getattr(obj, "__wrapped__", obj)
        owner = getattr(method, "__self__", None)
        given = (*args, *kwargs.values())
        if isinstance(owner, str | bytes | list | tuple | dict):
            if method.__name__ in ("format", "format_map"):
                self._check_format(str(owner), given)
            self._check_growth(owner, given)
        self.spend(_CALL + weight(given, self.left))
        return self.weighed(super().call(context, obj, *args, **kwargs))

    def _bounded_filter(self, made: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(made)
        def apply(*given: Any, **named: Any) -> Any:
            # A context or environment comes first where a filter wants one; it weighs nothing to speak of.
            value, *rest = [one for one in given if not isinstance(one, _AROUND)] or [None]
            rest += named.values()
            if made.__name__ == "do_format":
                self._check_format(str(value), tuple(rest))
            if made.__name__ == "do_sum" and any(isinstance(one, list | tuple) for one in rest):
                # To add lists up copies the first as often as there are others.
                rest.append(value)
            self._check_growth(value, tuple(rest))
            return self.weighed(made(*given, **named))

        return apply

    def _bounded_test(self, made: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(made)
        def apply(*given: Any) -> Any:
            self.spend(weight(given, self.left))
            return made(*given)

        return apply

    def _check_growth(self, value: Any, given: tuple[Any, ...]) -> None:
        """Refuse what could grow too much: filters and methods make no more than each of one for each of the other."""
        size = weight(value, self.left)
        self.spend(size)
        if size * sum(map(_amount, given)) > MOST:
            _refuse_endless()

    def _check_format(self, pattern: str, given: tuple[Any, ...]) -> None:
        if _LONG_NUMBER.search(pattern) or weight(pattern, MOST) * weight(given, MOST) > MOST:
            _refuse_endless()


def weight(value: Any, most: int) -> int:
    """Return how many characters and parts a value has, all that it holds counted as often as it is held.

    Counting stops beyond `most`: a few lines can hold one list many times, and each of those as often again.
    """
    found, waiting = 0, [value]
    while waiting and found <= most:
        one = waiting.pop()
        if isinstance(one, str | bytes):
            found += 1 + len(one) + getattr(one, "shown", 0)
        elif isinstance(one, list | tuple | set | frozenset):
            found += _CONTAINER
            waiting += one
        elif isinstance(one, dict):
            found += _CONTAINER
            waiting += [*one, *one.values()]
        elif one is None or isinstance(one, int | float):
            found += 1
        else:
            found += _OTHER
    return found


def _amount(value: Any) -> int:
    """Return what an argument may multiply by: a number by itself, all else by its weight."""
    return abs(value) if isinstance(value, int) else weight(value, MOST)


def _times(value: Any, times: Any) -> int:
    if not isinstance(times, int) or not isinstance(value, str | bytes | list | tuple):
        return 0
    return weight(value, MOST) * max(0, times)


def hold(times: int, values: Iterable[Any]) -> None:
    """Refuse values that would be put in a text so many times. Raises Misuse."""
    if times * weight(list(values), MOST) > MOST:
        _refuse_endless()


def _refuse_endless() -> NoReturn:
    message = f"this template does or makes too much: {MOST:,} characters and steps are the limit"
    raise Misuse(rules.TEMPLATE_FAILED, message, "let it loop and repeat less", "")


class _Compiler(CodeGenerator):
    """Jinja's compiler, which puts a step into all that can run again, and weighs what literals make.

    A step is a `do`, which the parser knows only by an extension, so that templates hold no other.
    """

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's name
        parts: list[Any] = [node, *node.find_all((nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block))]
        for part in parts:
            written = sum(len(text.data) for text in part.find_all(nodes.TemplateData))
            part.body.insert(0, nodes.ExprStmt(nodes.Const(1 + written), lineno=part.lineno))
        super().visit_Template(node, frame)

    def visit_ExprStmt(self, node: nodes.ExprStmt, frame: Frame) -> None:  # noqa: ARG002, N802
        assert isinstance(node.node, nodes.Const)
        self.writeline(f"environment.spend({node.node.value})", node)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        self._weigh(super().visit_Concat, node, frame)

    def visit_List(self, node: nodes.List, frame: Frame) -> None:  # noqa: N802
        self._weigh(super().visit_List, node, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:  # noqa: N802
        self._weigh(super().visit_Dict, node, frame)

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:  # noqa: N802
        if node.ctx == "load":
            self._weigh(super().visit_Tuple, node, frame)
        else:
            super().visit_Tuple(node, frame)

    def visit_Operand(self, node: nodes.Operand, frame: Frame) -> None:  # noqa: N802
        self.write(f" {operators[node.op]} ")
        self._weigh(self.visit, node.expr, frame)

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802
        if isinstance(node.arg, nodes.Slice):
            self._weigh(super().visit_Getitem, node, frame)
        else:
            super().visit_Getitem(node, frame)

    def _weigh(self, visit: Callable[..., None], node: nodes.Expr, frame: Frame) -> None:
        self.write("environment.weighed(")
        visit(node, frame)
        self.write(")")
