"""What forms are made of, beside the elements: labelled fields, rows of buttons to choose from, a question in place.

Nothing here opens a list, a menu or a dialog of the browser's own: a list that hangs open would take the keys of STOP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from clinician_console.pages.elements import Box, Press, Say

WHEN_CHANGED = "(e) => emit(e.target.value)"
WHILE_TYPED = """(e) => {
  const field = e.target;
  clearTimeout(field.palierWait);
  field.palierWait = setTimeout(() => emit(field.value), %d);
}"""
"""So many milliseconds after the last key: what is typed is taken while one still types."""


@contextmanager
def labelled(name: str, label: str, hint: str = "") -> Iterator[None]:
    """A label over the field ``name`` that is made inside, with a hint below it."""
    with Box("labelled"):
        Say("", label, tag="label", **{"for": name})
        yield
        if hint:
            Say("hint", hint, id=f"{name}-hint")


class Line(Box):
    """A line, or some lines, to type in, filled to begin with. Its text is the browser's until it changes."""

    def __init__(
        self,
        name: str,
        text: str = "",
        *,
        on_change: Callable[[str], Any] | None = None,
        on_typed: Callable[[str], Any] | None = None,
        wait_ms: int = 250,
        lines: int = 1,
        longest: int = 400,
        **attributes: Any,
    ) -> None:
        # defaultValue, not value: the page may be drawn anew while somebody types.
        given = {"id": name, "autocomplete": "off", "maxlength": str(longest), "defaultValue": text}
        if lines == 1:
            given["type"] = "text"
        else:
            given["rows"] = str(lines)
        super().__init__("field", "input" if lines == 1 else "textarea", **{**given, **attributes})
        self.name = name
        if on_change is not None:
            self.on("change", lambda event: on_change(str(event.args)), js_handler=WHEN_CHANGED)
        if on_typed is not None:
            self.on("input", lambda event: on_typed(str(event.args)), js_handler=WHILE_TYPED % wait_ms)


class OneOf:
    """A row of buttons of which one is pressed. ``name`` is the group's id, ``name-VALUE`` that of each button."""

    def __init__(
        self,
        name: str,
        label: str,
        options: Iterable[tuple[str, str]],
        chosen: str,
        on_choose: Callable[[str], Any] | None = None,
        *,
        titles: Callable[[str], str] | None = None,
    ) -> None:
        self.value = chosen
        self._on_choose = on_choose
        self._buttons: dict[str, Press] = {}
        with Box("choices", role="group", aria_label=label, id=name):
            for value, text in options:
                button = Press(lambda value=value: self._choose(value), "", text, id=f"{name}-{value}")
                if titles is not None and (title := titles(value)):
                    button.attribute("title", title)
                self._buttons[value] = button
        self.show(chosen)

    def _choose(self, value: str) -> Any:
        self.show(value)
        return self._on_choose(value) if self._on_choose is not None else None

    def show(self, value: str) -> None:
        self.value = value
        for each, button in self._buttons.items():
            button.attribute("aria-pressed", "true" if each == value else "false")


class SomeOf:
    """A row of buttons of which any number is pressed."""

    def __init__(
        self, name: str, label: str, options: Iterable[tuple[str, str]], chosen: Sequence[str]
    ) -> None:
        self.values = [*chosen]
        self._buttons: dict[str, Press] = {}
        with Box("choices", role="group", aria_label=label, id=name):
            for value, text in options:
                button = Press(lambda value=value: self._press(value), "", text, id=f"{name}-{value}")
                button.attribute("aria-pressed", "true" if value in chosen else "false")
                self._buttons[value] = button

    def _press(self, value: str) -> None:
        if value in self.values:
            self.values.remove(value)
        else:
            self.values.append(value)
        self._buttons[value].attribute("aria-pressed", "true" if value in self.values else "false")


class Fold:
    """A button that opens and closes a part of the page right below it."""

    def __init__(self, name: str, label: str, *, opened: bool = False, classes: str = "") -> None:
        self._button = Press(self.turn, f"fold {classes}".strip(), label, id=name)
        self.box = Box("folded", id=f"{name}-box")
        self._button.attribute("aria-controls", f"{name}-box")
        self.opened = not opened
        self.turn()

    def open(self) -> None:
        if not self.opened:
            self.turn()

    def turn(self) -> None:
        self.opened = not self.opened
        self.box.mark_as(open=self.opened)
        self._button.attribute("aria-expanded", "true" if self.opened else "false")
