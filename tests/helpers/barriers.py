"""What axe-core finds on the page that a browser shows: WCAG 2.1, levels A and AA."""

from __future__ import annotations

from typing import Any

from axe_core_python.selenium import Axe

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def barriers(browser: Any) -> list[tuple[str, list[str]]]:
    """Each rule that is broken, with the beginnings of up to three elements that break it."""
    browser.execute_script(Axe().axe_script)
    found = browser.execute_async_script(
        "const done = arguments[1]; axe.run({runOnly: {type: 'tag', values: arguments[0]}})"
        ".then((found) => done(found.violations), (problem) => done(String(problem)))",
        LEVELS,
    )
    assert isinstance(found, list), found
    return [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]
