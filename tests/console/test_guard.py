"""Who may reach the console: real server, raw requests and websocket handshakes."""

import json
import re
import socket
import time
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from clinician_console.core.errors import ConsoleError, ConsoleReason
from clinician_console.pages.server import bind
from tests.helpers.console_process import ConsoleProcess, enter, request

EVIL = "https://evil.example"
SOCKET_PATH = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"


class Served(NamedTuple):
    console: ConsoleProcess
    cookie: str
    first_link: str
    safety: int


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with ConsoleProcess() as console:
        first = console.next_link()
        cookie = enter(first)
        page = request(console.port, "/", Cookie=cookie)
        found = re.search(r'"safety": "http://127\.0\.0\.1:(\d+)"', page.body)
        assert found, page.body[:500]
        yield Served(console, cookie, first, int(found.group(1)))


def handshake(port: int, **headers: str | None) -> int:
    """Status of a websocket handshake: 101 when it is let in."""
    answer = request(
        port, SOCKET_PATH, Upgrade="websocket", Connection="Upgrade", Sec_WebSocket_Version="13",
        Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==", **headers,
    )  # fmt: skip
    return answer.status


def test_the_page_opens_with_the_cookie_and_carries_a_policy_without_other_hosts(served: Served) -> None:
    answer = request(served.console.port, "/", Cookie=served.cookie)
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    hosts = re.findall(r"(?:https?|wss?)://[^ ;]+", policy)
    assert {host.split("//")[1].split(":")[0] for host in hosts} == {"127.0.0.1"}
    assert "*" not in policy
    assert "access-control-allow-origin" not in answer.headers


def test_without_the_cookie_nothing_is_served(served: Served) -> None:
    for path in ("/", "/timeline", "/preview", "/static/safety.js", "/favicon.ico"):
        assert request(served.console.port, path).status == 403, path
        assert request(served.console.port, path, Cookie="palier=guess").status == 403, path
    assert handshake(served.console.port, Origin=served.console.origin) == 403


def test_the_link_works_once_and_a_fresh_one_is_shown(served: Served) -> None:
    path = served.first_link.removeprefix(served.console.origin)
    again = request(served.console.port, path)
    assert again.status == 403
    assert "set-cookie" not in again.headers
    assert "used already" in again.body
    assert enter(served.console.next_link())
    assert request(served.console.port, "/enter?token=").status == 403
    assert request(served.console.port, "/enter").status == 403


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(served: Served) -> None:
    link = served.console.next_link()
    answer = request(served.console.port, link.removeprefix(served.console.origin))
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=Strict" in answer.headers["set-cookie"]


def test_a_page_of_another_origin_gets_nothing(served: Served) -> None:
    port, cookie = served.console.port, served.cookie
    for origin in (EVIL, "null", "http://localhost", f"http://localhost:{port}", "http://127.0.0.1:1"):
        assert request(port, "/", Cookie=cookie, Origin=origin).status == 403, origin
        assert request(port, "/stop", "POST", Cookie=cookie, Origin=origin).status == 403, origin
        assert handshake(port, Cookie=cookie, Origin=origin) == 403, origin
    assert handshake(port, Cookie=cookie) == 403, "a websocket without Origin"
    assert request(port, "/stop", "POST", Cookie=cookie).status == 403, "a POST without Origin"
    assert request(port, "/", Cookie=cookie, Sec_Fetch_Site="cross-site").status == 403
    assert request(port, "/", Cookie=cookie, Sec_Fetch_Site="same-site").status == 403


def test_another_name_for_this_machine_gets_nothing(served: Served) -> None:
    port, cookie = served.console.port, served.cookie
    for host in (
        "evil.example",
        f"evil.example:{port}",
        f"localhost:{port}",
        "127.0.0.1",
        f"127.0.0.1:{port}.evil",
    ):
        assert request(port, "/", Host=host, Cookie=cookie).status == 403, host
        assert handshake(port, Host=host, Cookie=cookie, Origin=served.console.origin) == 403, host


def test_the_right_page_may_open_its_websocket(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.console.port), timeout=20) as wire:
        wire.sendall(
            (
                f"GET {SOCKET_PATH} HTTP/1.1\r\nHost: {served.console.host}\r\nOrigin: {served.console.origin}\r\n"
                f"Cookie: {served.cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            ).encode()
        )
        assert wire.recv(64).startswith(b"HTTP/1.1 101")


def test_only_the_loopback_interface_is_bound(served: Served) -> None:
    for port in (served.console.port, served.safety):
        needle = f":{port:04X}"
        with open("/proc/net/tcp", encoding="ascii") as table:
            listening = [
                line.split()[1] for line in table if line.split()[3] == "0A" and needle in line.split()[1]
            ]
        assert listening == [f"0100007F{needle}"]


def test_the_stop_server_checks_host_origin_and_cookie(served: Served) -> None:
    port, origin, cookie = served.safety, served.console.origin, served.cookie
    before = served.console.ask("stops")
    for headers in (
        {"Origin": EVIL, "Cookie": cookie},
        {"Cookie": cookie},
        {"Origin": origin},
        {"Origin": origin, "Cookie": "palier=guess"},
        {"Origin": origin, "Cookie": cookie, "Host": "evil.example"},
        {"Origin": f"http://127.0.0.1:{port}", "Cookie": cookie},
    ):
        for path in ("/stop", "/beat"):
            answer = request(port, path, "POST", **headers)
            assert answer.status == 403, headers
            assert "access-control-allow-origin" not in answer.headers
    assert request(port, "/stop", "POST", "x" * 5000, Origin=origin, Cookie=cookie).status == 413
    assert request(port, "/nothing", "POST", Origin=origin, Cookie=cookie).status == 404
    assert served.console.ask("stops") == before


def test_answers_of_the_stop_server_may_be_read_by_the_page_alone(served: Served) -> None:
    answer = request(
        served.safety, "/beat", "POST", "tab", Origin=served.console.origin, Cookie=served.cookie
    )
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == served.console.origin


def answers(served: Served) -> bool:
    """Whether the page's own server answers at once."""
    try:
        return request(served.console.port, "/timeline", timeout_s=0.5, Cookie=served.cookie).status == 200
    except TimeoutError:
        return False


def test_a_stop_goes_through_while_the_pages_own_loop_is_blocked(served: Served) -> None:
    before = int(served.console.ask("stops"))
    served.console.tell("block 4")
    deadline = time.monotonic() + 10
    while answers(served):  # until the page's server answers nothing
        assert time.monotonic() < deadline
    answer = request(
        served.safety,
        "/stop",
        "POST",
        "press-while-blocked",
        Origin=served.console.origin,
        Cookie=served.cookie,
    )
    content = json.loads(answer.body)
    assert answer.status == 200
    assert int(served.console.ask("stops")) == before + 1
    assert not answers(served), "it was blocked all the while"
    assert {"id", "confirmed", "wall", "ms"} == set(content)


def test_a_blocked_page_server_is_silence_although_the_tab_pings(served: Served) -> None:
    def ping() -> int:
        request(served.safety, "/beat", "POST", "tab", Origin=served.console.origin, Cookie=served.cookie)
        return int(served.console.ask("age"))

    deadline = time.monotonic() + 20
    while ping() > 900:
        assert time.monotonic() < deadline, "the loop never recovered"
    served.console.tell("block 3")
    while ping() < 1500:
        assert time.monotonic() < deadline, "a blocked loop was taken for a living page"


def test_a_stop_told_twice_is_one_and_its_fate_can_be_asked_for(served: Served) -> None:
    headers = {"Origin": served.console.origin, "Cookie": served.cookie}
    before = int(served.console.ask("stops"))
    answers = [
        json.loads(request(served.safety, "/stop", "POST", "press-twice", **headers).body) for _ in range(2)
    ]
    again = json.loads(request(served.console.port, "/stop", "POST", "press-twice", **headers).body)
    assert answers[0]["id"] == answers[1]["id"] == again["id"]
    assert int(served.console.ask("stops")) == before + 1
    asked = json.loads(request(served.safety, "/stop?press=press-twice", **headers).body)
    assert asked["id"] == again["id"]
    assert request(served.safety, "/stop?press=unknown", **headers).status == 404


def test_a_port_in_use_is_a_clear_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConsoleError, match=f"port {port} cannot be used.*--port") as error:
            bind(port)
    assert error.value.reason is ConsoleReason.PORT_IN_USE
