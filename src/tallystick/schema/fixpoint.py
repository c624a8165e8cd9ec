"""Answer yes-or-no questions that lean on each other, in circles too: yes, wherever nothing says no."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

Q = TypeVar("Q", bound=Hashable)


@dataclass(frozen=True, slots=True)
class AnyOf(Generic[Q]):
    """The answer is yes if that of one of these questions is."""

    questions: Sequence[Q]


Answer: TypeAlias = bool | Sequence[Q] | AnyOf[Q]
"""Yes or no; or the questions that must all be answered with yes; or those of which one must."""


class Fixpoint(Generic[Q]):
    """Remembers answers. `ask` says what a question rests on, and is called once for each.

    The answers are the greatest fixed point: a circle that nothing denies is a yes. They are found with a list of what
    is still to be looked at and not by recursion: questions may be a hundred thousand deep. Each costs time once.
    """

    def __init__(self, ask: Callable[[Q], Answer[Q]]) -> None:
        self._ask = ask
        self._known: dict[Q, bool] = {}

    def __call__(self, question: Q) -> bool:
        """Return the answer."""
        known = self._known.get(question)
        if known is None:
            answer = self._ask(question)
            # Most rest on nothing: for these no lists are made.
            known = answer if isinstance(answer, bool) else not answer or self._solve(question, answer)
            self._known[question] = known
        return known

    def _solve(self, start: Q, answer: Answer[Q]) -> bool:
        users: dict[Q, list[Q]] = {start: []}
        chances: dict[Q, int] = {}
        denied: list[Q] = []
        question, waiting = start, list[Q]()
        while True:
            if isinstance(answer, bool):
                is_possible = answer
            else:
                is_possible = self._rest_on(question, answer, users, chances, waiting)
            if not is_possible:
                denied.append(question)
            if not waiting:
                break
            question = waiting.pop()
            answer = self._ask(question)
        no = _spread(denied, users, chances)
        self._known.update((question, question not in no) for question in users)
        return start not in no

    def _rest_on(
        self,
        question: Q,
        answer: Sequence[Q] | AnyOf[Q],
        users: dict[Q, list[Q]],
        chances: dict[Q, int],
        waiting: list[Q],
    ) -> bool:
        """Note what a question rests on; return whether it can still be a yes."""
        is_any = isinstance(answer, AnyOf)
        left = 0
        for other in answer.questions if isinstance(answer, AnyOf) else answer:
            known = self._known.get(other)
            if known is False:
                if not is_any:
                    return False
                continue
            left += 1
            if known is None:
                if other not in users:
                    users[other] = []
                    waiting.append(other)
                users[other].append(question)
        if is_any:
            chances[question] = left
        return left > 0 or not is_any


def _spread(denied: list[Q], users: dict[Q, list[Q]], chances: dict[Q, int]) -> set[Q]:
    """Return all questions that are denied, once each no has reached those who rest on it."""
    no = set(denied)
    while denied:
        for user in users[denied.pop()]:
            if user in no:
                continue
            if user in chances:
                chances[user] -= 1
                if chances[user]:
                    continue
            no.add(user)
            denied.append(user)
    return no
