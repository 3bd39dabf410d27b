"""Two ways to use a page, in a real Chromium: a pointer, and the keyboard alone. Elements are named by CSS selectors;
every act is counted."""

from __future__ import annotations

from typing import Protocol

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.console.driving import Browser, wait

TABS_AT_ONCE = 40
"""Presses that are sent together; where the focus is afterwards is looked at."""

AWAY = """
const wanted = document.querySelector(arguments[0]);
if (!wanted) return null;
const all = [...document.querySelectorAll('a[href], button, input, textarea, select, [tabindex]')].filter((one) =>
  one === wanted || one === document.activeElement
  || (one.tabIndex >= 0 && !one.disabled && one.getClientRects().length && getComputedStyle(one).visibility !== 'hidden'));
if (wanted.tabIndex < 0 || wanted.disabled || !wanted.getClientRects().length) return null;
return all.indexOf(wanted) - all.indexOf(document.activeElement);
"""
"""By how many stops of the Tab key an element is away from the focus; null where it cannot have it."""


class Hands(Protocol):
    acts: int
    """Clicks, and presses of keys; a word typed is one."""

    def press(self, css: str) -> None: ...
    def write(self, css: str, text: str) -> None:
        """Into a field, in the place of what stands there."""
        ...

    def stop(self) -> None: ...
    def up(self) -> None:
        """One step up the ladder."""
        ...

    def strike(self, keys: str) -> None:
        """Keys that the page takes wherever the focus is."""
        ...


class Pointer:
    """Clicks at elements, which have to be seen and not lie under others, and types into fields it has clicked at."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.acts = 0

    def press(self, css: str) -> None:
        self._clicked(css)
        self.acts += 1

    def write(self, css: str, text: str) -> None:
        field = self._clicked(css)
        field.send_keys(Keys.CONTROL, "a", Keys.NULL, text, Keys.TAB)
        self.acts += 2

    def stop(self) -> None:
        self.press("#stop")

    def up(self) -> None:
        self.press("#step-up")

    def strike(self, keys: str) -> None:
        self.browser.find_element(By.TAG_NAME, "body").send_keys(keys)
        self.acts += len(keys)

    def _clicked(self, css: str) -> WebElement:
        """Clicked at once; a part of the page that was drawn anew just then is looked for again."""

        def seen() -> WebElement | None:
            try:
                found = self.browser.find_elements(By.CSS_SELECTOR, css)
                if not found or not found[0].is_displayed():
                    return None
                self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found[0])
                found[0].click()
            except StaleElementReferenceException:
                return None
            return found[0]

        return wait(seen, f"{css}, to be seen")


class Keyboard:
    """Tab, Shift+Tab, Enter and what is typed; no pointer, and no focus given by a script."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.acts = 0

    def press(self, css: str) -> None:
        self._go(css)
        self._type(Keys.ENTER)
        self.acts += 1

    def write(self, css: str, text: str) -> None:
        self._go(css)
        chain = webdriver.ActionChains(self.browser, duration=0)
        chain.key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).perform()
        self._type(text)
        self._type(Keys.TAB)
        self.acts += 3

    def stop(self) -> None:
        self._type(Keys.ESCAPE)
        self.acts += 1

    def up(self) -> None:
        self._type(Keys.ARROW_UP)
        self.acts += 1

    def strike(self, keys: str) -> None:
        self._type(keys)
        self.acts += len(keys)

    def _go(self, css: str) -> None:
        wait(lambda: self._away(css) is not None, f"{css}, reachable by Tab")
        for _ in range(20):
            away = self._away(css)
            if away == 0:
                return
            if away is None:
                wait(lambda: self._away(css) is not None, f"{css}, reachable by Tab")
                continue
            presses = min(abs(away), TABS_AT_ONCE)
            chain = webdriver.ActionChains(self.browser, duration=0)
            if away < 0:
                chain.key_down(Keys.SHIFT)
            for _press in range(presses):
                chain.send_keys(Keys.TAB)
            if away < 0:
                chain.key_up(Keys.SHIFT)
            chain.perform()
            self.acts += presses
        raise AssertionError(f"the Tab key does not lead to {css}")

    def _away(self, css: str) -> int | None:
        return self.browser.execute_script(AWAY, css)

    def _type(self, text: str) -> None:
        webdriver.ActionChains(self.browser, duration=0).send_keys(text).perform()
