"""Parse an expression: its words into a tree, by the grammar of the CEL specification, section "Syntax"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tallystick.errors import InvalidExpression
from tallystick.expressions.syntax import (
    Call,
    Choice,
    Each,
    Expression,
    ListOf,
    Literal,
    Logic,
    MapOf,
    Name,
    Scalar,
    Select,
)
from tallystick.expressions.tokens import LARGEST, RESERVED, Token, tokens

MAX_LENGTH = 20_000
MAX_DEPTH = 60
_RELATIONS = ("<", "<=", ">=", ">", "==", "!=", "in")
_MACROS = {"all": (2,), "exists": (2,), "exists_one": (2,), "existsOne": (2,), "filter": (2,), "map": (2, 3)}


def parse(text: str) -> Expression:
    """Return the tree of an expression.

    Raises:
        InvalidExpression: it is none; too long, or too deep. It knows where in the text.
    """
    if len(text) > MAX_LENGTH:
        raise InvalidExpression(f"the expression is longer than {MAX_LENGTH} characters", at=0)
    parser = _Parser(tokens(text))
    tree = parser.expression()
    if parser.now.kind != "end":
        raise parser.unexpected("an operator")
    return tree


class _Parser:
    """Recursive descent: a method for each level of precedence, weakest first."""

    def __init__(self, words: Sequence[Token]) -> None:
        self._words = words
        self._next = 0
        self._depth = 0

    @property
    def now(self) -> Token:
        return self._words[self._next]

    def unexpected(self, expected: str) -> InvalidExpression:
        found = f"'{self.now.text}'" if self.now.text else "the end"
        return InvalidExpression(f"expected {expected}, found {found}", at=self.now.at)

    def expression(self) -> Expression:
        self._deeper()
        condition = self._joined("||", lambda: self._joined("&&", self._relation))
        tree = condition
        if mark := self._take("?"):
            yes = self._joined("||", lambda: self._joined("&&", self._relation))
            self._expect(":")
            tree = Choice(at=mark.at, condition=condition, yes=yes, no=self.expression())
        self._depth -= 1
        return tree

    def _joined(self, operator: str, part: Callable[[], Expression]) -> Expression:
        first = part()
        parts, at = [first], self.now.at
        while self._take(operator):
            parts.append(part())
        return Logic(at=at, operator=operator, conditions=tuple(parts)) if len(parts) > 1 else first

    def _relation(self) -> Expression:
        return self._left(_RELATIONS, lambda: self._left(("+", "-"), lambda: self._left(("*", "/", "%"), self._unary)))

    def _left(self, operators: Sequence[str], part: Callable[[], Expression]) -> Expression:
        tree = part()
        joined = 0
        while sign := self._take(*operators):
            joined += 1
            self._deeper()  # each one is a level of the tree
            tree = Call(at=sign.at, function=sign.text, arguments=(tree, part()))
        self._depth -= joined
        return tree

    def _unary(self) -> Expression:
        sign = self.now
        count = 0
        while self.now.text in ("!", "-") and self.now.kind == "sign" and self.now.text == sign.text:
            self._next += 1
            count += 1
        if count and sign.text == "-" and self._is_number():
            count -= 1
            tree = self._member(is_negative=True)
        else:
            tree = self._member()
        return Call(at=sign.at, function=f"{sign.text}_", arguments=(tree,)) if count % 2 else tree

    def _is_number(self) -> bool:
        return self.now.kind == "literal" and type(self.now.value) in (int, float)

    def _member(self, *, is_negative: bool = False) -> Expression:
        tree = self._primary(is_negative=is_negative)
        steps = 0
        while sign := self._take(".", "["):
            steps += 1
            self._deeper()
            if sign.text == "[":
                tree = Call(at=sign.at, function="[]", arguments=(tree, self.expression()))
                self._expect("]")
            else:
                tree = self._selected(tree, sign)
        self._depth -= steps
        return tree

    def _selected(self, operand: Expression, dot: Token) -> Expression:
        name = self.now
        if name.kind not in ("name", "quoted") and name.text != "in":
            raise self.unexpected("the name of a field or of a function")
        self._next += 1
        if name.kind == "name" and self._take("("):
            arguments = self._items(")")
            if len(arguments) in _MACROS.get(name.text, ()):
                return _each(operand, name, arguments)
            return Call(at=name.at, function=name.text, arguments=arguments, target=operand)
        return Select(at=dot.at + 1, operand=operand, field=name.text)

    def _primary(self, *, is_negative: bool = False) -> Expression:
        word = self.now
        if word.kind == "literal":
            self._next += 1
            return Literal(at=word.at, value=_number(word, is_negative=is_negative))
        if word.kind == "name":
            return self._named()
        if self._take("("):
            tree = self.expression()
            self._expect(")")
            return tree
        if self._take("["):
            return ListOf(at=word.at, items=self._items("]"))
        if self._take("{"):
            return MapOf(at=word.at, entries=self._entries())
        raise self.unexpected("a value")

    def _named(self) -> Expression:
        word = self.now
        if word.text in RESERVED:
            raise InvalidExpression(f"'{word.text}' is a word that CEL keeps for itself", at=word.at)
        self._next += 1
        if not self._take("("):
            return Name(at=word.at, name=word.text)
        arguments = self._items(")")
        if word.text == "has":
            return _has(word, arguments)
        return Call(at=word.at, function=word.text, arguments=arguments)

    def _items(self, end: str) -> tuple[Expression, ...]:
        items: list[Expression] = []
        while not self._take(end):
            items.append(self.expression())
            if not self._take(","):
                self._expect(end)
                break
        return tuple(items)

    def _entries(self) -> tuple[tuple[Expression, Expression], ...]:
        entries: list[tuple[Expression, Expression]] = []
        while not self._take("}"):
            key = self.expression()
            self._expect(":")
            entries.append((key, self.expression()))
            if not self._take(","):
                self._expect("}")
                break
        return tuple(entries)

    def _take(self, *signs: str) -> Token | None:
        word = self.now
        if word.kind != "sign" or word.text not in signs:
            return None
        self._next += 1
        return word

    def _expect(self, sign: str) -> None:
        if self._take(sign) is None:
            raise self.unexpected(f"'{sign}'")

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InvalidExpression(f"the expression nests deeper than {MAX_DEPTH} levels", at=self.now.at)


def _number(word: Token, *, is_negative: bool) -> Scalar:
    if is_negative and isinstance(word.value, int | float):
        return -word.value
    if type(word.value) is int and word.value > LARGEST:
        raise InvalidExpression(f"{word.text} is larger than a number of 64 bits", at=word.at)
    return word.value


def _has(word: Token, arguments: Sequence[Expression]) -> Expression:
    if len(arguments) != 1 or not isinstance(arguments[0], Select):
        raise InvalidExpression("has() asks for a field: has(message.note)", at=word.at)
    field = arguments[0]
    return Select(at=field.at, operand=field.operand, field=field.field, tests=True)


def _each(operand: Expression, word: Token, arguments: Sequence[Expression]) -> Expression:
    variable, *rest = arguments
    if not isinstance(variable, Name):
        raise InvalidExpression(f"{word.text}() begins with a name for each item", at=variable.at)
    macro = "exists_one" if word.text == "existsOne" else word.text
    condition, result = (rest[0], None) if macro != "map" else (None if len(rest) == 1 else rest[0], rest[-1])
    return Each(at=word.at, macro=macro, operand=operand, variable=variable.name, condition=condition, result=result)
