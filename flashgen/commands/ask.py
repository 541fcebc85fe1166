"""Questions to an author who sits at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TextIO

# Returns what is wrong with an answer, or None.
Judge = Callable[[str], str | None]


class Ask:
    """Asks on a terminal, and again until an answer will do. An empty answer takes what stands in brackets."""

    def __init__(self, answers: TextIO, questions: TextIO) -> None:
        self._answers, self._questions = answers, questions

    def say(self, text: str) -> None:
        """Show a line that is no question."""
        print(text, file=self._questions)

    def text(self, question: str, usual: str = "", judge: Judge = lambda _: None) -> str:
        """Return the answer to a question. Raises KeyboardInterrupt where the author ends the input instead."""
        shown = f"{question} [{usual}]: " if usual else f"{question}: "
        while True:
            print(shown, end="", file=self._questions, flush=True)
            line = self._answers.readline()
            if not line:
                print(file=self._questions)
                raise KeyboardInterrupt
            answer = line.strip() or usual
            wrong = "this needs an answer" if not answer else judge(answer)
            if wrong is None:
                return answer
            self.say(f"  {wrong}")

    def choice(self, question: str, choices: Sequence[str], usual: str = "") -> str:
        """Return one of a few words, which may be answered by its number."""
        for number, word in enumerate(choices, 1):
            self.say(f"  {number:>2}  {word}")
        names = [word.split(" ", 1)[0] for word in choices]

        def judge(answer: str) -> str | None:
            return None if _chosen(answer, names) else f"answer with a name, or a number from 1 to {len(names)}"

        return _chosen(self.text(question, usual, judge), names) or ""


def _chosen(answer: str, names: Sequence[str]) -> str | None:
    if answer in names:
        return answer
    return names[int(answer) - 1] if answer.isdecimal() and 0 < int(answer) <= len(names) else None
