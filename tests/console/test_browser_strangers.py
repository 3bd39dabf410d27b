"""A page of another origin, open beside the console in the same browser, gets nothing and changes nothing."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from tests.console.driving import MARKS, Browser, at, open_page, sent, wait
from tests.helpers.console_process import ConsoleProcess

pytestmark = MARKS

ATTACK = """
const [origin, safety, done] = [arguments[0], arguments[1], arguments[arguments.length - 1]];
const got = {};
const read = async (name, url, options) => {
  try {
    const answer = await fetch(url, options);
    got[name] = answer.type === 'opaque' ? 'opaque' : answer.status + ' ' + (await answer.text()).slice(0, 80);
  } catch (problem) { got[name] = 'failed'; }
};
const load = (name, tag, url) => new Promise((settle) => {
  const one = document.createElement(tag);
  one.onload = () => { got[name] = 'loaded'; settle(); };
  one.onerror = () => { got[name] = 'failed'; settle(); };
  one.src = url;
  document.body.append(one);
});
const socket = (name, url) => new Promise((settle) => {
  try {
    const wire = new WebSocket(url);
    wire.onopen = () => { got[name] = 'open'; settle(); };
    wire.onerror = () => { got[name] = 'failed'; settle(); };
  } catch (problem) { got[name] = 'failed'; settle(); }
});
const form = (name, url) => new Promise((settle) => {
  const frame = document.createElement('iframe');
  frame.name = name;
  document.body.append(frame);
  const one = document.createElement('form');
  Object.assign(one, { method: 'POST', action: url, target: name, enctype: 'text/plain' });
  one.innerHTML = '<input name="press" value="evil">';
  document.body.append(one);
  frame.onload = () => {
    try { got[name] = (frame.contentDocument?.body?.innerText || '').slice(0, 80); } catch (problem) { got[name] = 'sealed'; }
    settle();
  };
  one.submit();
  setTimeout(settle, 1500);
});
(async () => {
  const with_cookie = { credentials: 'include' };
  for (const path of ['/', '/timeline', '/preview', '/static/safety.js', '/enter?token=guess'])
    await read('get ' + path, origin + path, with_cookie);
  await read('post /stop', origin + '/stop', { method: 'POST', body: 'evil', ...with_cookie });
  await read('blind post /stop', origin + '/stop', { method: 'POST', body: 'evil', mode: 'no-cors', ...with_cookie });
  for (const path of ['/stop', '/beat']) {
    await read('post safety ' + path, safety + path, { method: 'POST', body: 'evil', ...with_cookie });
    await read('blind post safety ' + path, safety + path, { method: 'POST', body: 'evil', mode: 'no-cors', ...with_cookie });
  }
  navigator.sendBeacon(origin + '/stop', 'evil');
  navigator.sendBeacon(safety + '/stop', 'evil');
  await load('picture', 'img', origin + '/preview');
  await load('script', 'script', origin + '/static/safety.js');
  const wires = origin.replace('http', 'ws');
  await socket('socket', wires + '/_nicegui_ws/socket.io/?EIO=4&transport=websocket');
  await read('polling', origin + '/_nicegui_ws/socket.io/?EIO=4&transport=polling', with_cookie);
  await form('form', origin + '/stop');
  await form('safety_form', safety + '/stop');
  await new Promise((settle) => setTimeout(settle, 300));
  got.palier = typeof window.palier;
  done(got);
})();
"""


@pytest.fixture(scope="module")
def evil() -> Iterator[int]:
    """A server of somebody else on this machine; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<!doctype html><title>evil</title><body>win a prize"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1", "localhost"])
def test_a_page_of_another_origin_gets_nothing(
    browser: Browser, console: ConsoleProcess, evil: int, host: str
) -> None:
    """On 127.0.0.1 and another port it is of the same *site*: the browser does send the cookie, the guard decides."""
    safety = browser.execute_script("return window.palier.config.safety")
    mine = browser.current_window_handle
    browser.switch_to.new_window("tab")
    try:
        browser.get(f"http://{host}:{evil}/")
        browser.set_script_timeout(30)
        got = browser.execute_async_script(ATTACK, console.origin, safety)
    finally:
        browser.close()
        browser.switch_to.window(mine)
    assert got.pop("palier") == "undefined", "the console's script did not run there"
    # A frame's answer cannot be read by its maker; that nothing was done is what counts, see below.
    assert got.pop("form", "") in ("", "sealed")
    assert got.pop("safety_form", "") in ("", "sealed")
    blind = {name: got.pop(name) for name in list(got) if name.startswith("blind")}
    assert set(blind.values()) <= {"opaque", "failed"}
    assert set(got.values()) == {"failed"}, got
    assert console.ask("stops") == "0"
    assert sent(console) == []


def test_the_console_cannot_be_framed_or_opened_by_another_page(
    browser: Browser, console: ConsoleProcess, evil: int
) -> None:
    mine = browser.current_window_handle
    browser.switch_to.new_window("tab")
    theirs = browser.current_window_handle
    try:
        browser.get(f"http://127.0.0.1:{evil}/")
        browser.execute_script(
            "const f = document.createElement('iframe'); f.id = 'frame'; f.onload = () => (window.framed = true);"
            "f.src = arguments[0]; document.body.append(f)",
            console.origin,
        )
        wait(lambda: browser.execute_script("return window.framed"), "the frame")
        browser.switch_to.frame("frame")
        assert not browser.find_elements(By.ID, "stop")
        browser.switch_to.default_content()
        before = set(browser.window_handles)
        browser.execute_script("window.opened = window.open(arguments[0])", console.origin)
        wait(lambda: len(browser.window_handles) > len(before), "the opened window")
        browser.switch_to.window((set(browser.window_handles) - before).pop())
        wait(lambda: "Refused" in browser.find_element(By.TAG_NAME, "body").text, "the refusal")
        browser.close()
    finally:
        browser.switch_to.window(theirs)
        browser.close()
        browser.switch_to.window(mine)


def test_another_name_for_this_machine_opens_nothing_and_uses_up_no_link(
    browser: Browser, console: ConsoleProcess
) -> None:
    """DNS rebinding: a stranger's name that leads to this machine."""
    browser.get("about:blank")
    link = console.next_link()
    for name in ("evil.test", "localhost"):
        browser.get(link.replace("127.0.0.1", name))
        assert "Refused" in browser.find_element(By.TAG_NAME, "body").text
        assert browser.get_cookies() == []
    browser.get(link)
    wait(
        lambda: browser.find_elements(By.CSS_SELECTOR, ".rung"), "the page, with the link that was still good"
    )
    browser.get("about:blank")
    browser.get(link)
    assert "used already" in browser.find_element(By.TAG_NAME, "body").text
    browser.get("about:blank")


def test_no_other_host_is_asked_and_the_browsers_console_stays_clean(
    browser: Browser, console: ConsoleProcess
) -> None:
    open_page(browser, console)
    wait(
        lambda: int(at(browser, "view").get_attribute("data-shown") or 0) > 3,
        "pictures of the patient's view",
    )
    hosts: set[str] = set()
    pictures, frames = 0, []
    for line in browser.get_log("performance"):
        message = json.loads(line["message"])["message"]
        url = message["params"].get("request", {}).get("url") or message["params"].get("url") or ""
        if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated") and "//" in url:
            hosts.add(re.sub(r"^\w+://([^/:]+).*", r"\1", url))
        pictures += url.endswith("/preview")
        if message["method"] in ("Network.webSocketFrameReceived", "Network.webSocketFrameSent"):
            frames.append(message["params"]["response"]["payloadData"])
    assert hosts == {"127.0.0.1"}
    assert pictures > 3, "the patient's view is asked for over its own route"
    assert frames, "the page's websocket was looked at"
    assert not [frame[:80] for frame in frames if "data:image" in frame or "/9j/" in frame or "JFIF" in frame]
    assert [line for line in browser.get_log("browser") if line["level"] in ("SEVERE", "WARNING")] == []
