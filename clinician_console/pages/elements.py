"""Plain HTML elements driven from Python: each is told its state as often as one likes and sends what changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

ONCE = "(event) => { if (event.detail < 2) emit(); }"
"""A double click is one click: what raises must be meant each time."""


class Box(ui.element):
    """An element with children: ``Box("panel", "section")``. Attributes as keywords, ``_`` for ``-``."""

    def __init__(self, classes: str = "", tag: str = "div", **attributes: Any) -> None:
        super().__init__(tag)
        if classes:
            self.classes(classes)
        self._props.update({name.replace("_", "-"): value for name, value in attributes.items()})
        self._shown: dict[str, bool] = {}

    def mark_as(self, **states: bool) -> None:
        """Classes ``is-NAME``, to be there or not."""
        for name, wanted in states.items():
            if self._shown.get(name, False) != wanted:
                self._shown[name] = wanted
                css = "is-" + name.replace("_", "-")
                self.classes(add=css if wanted else None, remove=None if wanted else css)

    def attribute(self, name: str, value: Any) -> None:
        """Set an attribute; None takes it away."""
        if value is None:
            if name in self._props:
                del self._props[name]
                self.update()
        elif self._props.get(name) != value:
            self._props[name] = value
            self.update()

    def look(self, name: str, value: str) -> None:
        """Set one CSS property, such as a custom one that the style sheet reads."""
        if self._style.get(name) != value:
            self._style[name] = value
            self.update()


class Say(Box):
    """An element that holds text and nothing else."""

    def __init__(self, classes: str = "", text: str = "", tag: str = "span", **attributes: Any) -> None:
        super().__init__(classes, tag, **attributes)
        self._text = text

    def say(self, text: str) -> None:
        if self._text != text:
            self._text = text
            self.update()


class Press(Say):
    """A native button. It stays where it is and keeps its focus when it is not allowed; it only does nothing."""

    def __init__(
        self, on_press: Callable[[], Any], classes: str = "", text: str = "", **attributes: Any
    ) -> None:
        super().__init__(f"press {classes}".strip(), text, "button", type="button", **attributes)
        self._on_press = on_press
        self.allowed = True
        self._listen()

    def _listen(self) -> None:
        self.on("click", self._pressed, js_handler=ONCE)

    def _pressed(self) -> Any:
        # What comes back may have to be awaited; NiceGUI does so.
        return self._on_press() if self.allowed else None

    def allow(self, allowed: bool) -> None:
        self.allowed = allowed
        self.attribute("aria-disabled", None if allowed else "true")


class Field(Box):
    """A line to type in. Its text stays in the browser until a button hands it over or Enter is pressed."""

    def __init__(self, name: str, classes: str = "", **attributes: Any) -> None:
        given = {"type": "text", "autocomplete": "off", "maxlength": "400", **attributes}
        super().__init__(f"field {classes}".strip(), "input", id=name, **given)
        self.name = name

    def label(self, text: str, hint: str | None = None) -> None:
        """What is to be written, for eyes (as long as it is empty) and for screen readers."""
        self.attribute("aria-label", text)
        self.attribute("placeholder", text if hint is None else hint)

    def on_enter(self, take: Callable[[str], Any]) -> None:
        self.on(
            "keydown",
            lambda event: take(str(event.args)),
            js_handler="(e) => { if (e.key === 'Enter' && !e.repeat) emit(e.target.value.trim()); }",
        )


class Hand(Press):
    """A button that hands over what was typed into fields. ``clear``: the fields that are empty afterwards."""

    def __init__(
        self,
        on_values: Callable[[dict[str, str]], Any],
        fields: Sequence[str],
        classes: str = "",
        *,
        clear: Sequence[str] = (),
        **attributes: Any,
    ) -> None:
        self._on_values = on_values
        self._script = _HAND % (json.dumps([*fields]), json.dumps([*clear]))
        super().__init__(lambda: None, classes, **attributes)

    def _listen(self) -> None:
        self.on("click", lambda event: self._handed(event.args), js_handler=self._script)

    def _handed(self, values: Any) -> Any:
        if self.allowed and isinstance(values, dict):
            return self._on_values({str(name): str(value) for name, value in values.items()})
        return None


_HAND = """(e) => {
  if (e.detail > 1 || e.currentTarget.getAttribute("aria-disabled")) return;
  const values = {};
  for (const id of %s) values[id] = (document.getElementById(id)?.value || "").trim();
  emit(values);
  for (const id of %s) document.getElementById(id).value = "";
}"""
