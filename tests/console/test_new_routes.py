"""The routes of the therapist's day that are no pages, over raw HTTP: nobody without the cookie, no other origin or host,
no path out of where a name is to be found, and nothing of what people typed that runs."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.helpers.console_process import Answer, ConsoleProcess, enter, request

EVIL = "https://evil.example"
UP = "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd"
NAMES = (
    UP,
    "..%252f..%252fetc%252fpasswd",
    "%2fetc%2fpasswd",
    "..%5c..%5cetc%5cpasswd",
    "..",
    "%00",
    "%F0%9F%92%A9",
    "'%20OR%201=1--",
)
"""What stands where an id belongs."""


class Served(NamedTuple):
    console: ConsoleProcess
    cookie: str
    patient: str
    plan: str
    session: str

    def get(self, path: str, method: str = "GET", **headers: str | None) -> Answer:
        return request(self.console.port, path, method, "", 20.0, **{"Cookie": self.cookie, **headers})

    @property
    def good(self) -> tuple[str, ...]:
        """Each new route, with a name that is there."""
        return (
            f"/after/{self.session}/report.html", f"/after/{self.session}/report.pdf", f"/plans/{self.plan}/file",
            "/pictures/heights/1",
        )  # fmt: skip

    @property
    def all(self) -> tuple[str, ...]:
        return (
            *self.good, "/standing", "/exports/file/token", f"/review/{self.session}/seen/1.00.png",
            f"/homework/{self.patient}/sheet/save", f"/after/{self.session}", f"/review/{self.session}",
            f"/progress/{self.patient}", f"/patients/{self.patient}", f"/plans/{self.plan}", "/patients", "/exports",
            "/audit", "/settings", f"/questionnaires/{self.patient}", f"/homework/{self.patient}",
            f"/start/{self.patient}/{self.plan}",
        )  # fmt: skip


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with ConsoleProcess("--filled", module="tests.helpers.demo_day") as console:
        cookie = enter(console.next_link())
        ids = json.loads(console.ask("ids"))
        yield Served(console, cookie, ids["patient"], ids["plan"], ids["session"])


def acts(served: Served, *, seen: bool = True) -> int:
    """How many acts the audit trail holds: what was refused has done nothing. ``seen``: what was looked at as well."""
    return sum(seen or entry["act"] != "saw" for entry in json.loads(served.console.ask("store audit")))


def test_each_route_gives_what_it_is_for(served: Served) -> None:
    """So that what is refused below is refused for its reason."""
    for path in served.good:
        answer = served.get(path)
        assert answer.status in (200, 204), (path, answer.status, answer.body[:200])
        assert "no-store" in answer.headers.get("cache-control", "") or "pictures" in path, path
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("why", "headers"),
    [
        ("no cookie", {"Cookie": None}),
        ("a guessed cookie", {"Cookie": "palier_{port}=" + "A" * 43}),
        ("the cookie of another console", {"Cookie": "palier_1={secret}"}),
        ("another origin", {"Origin": EVIL}),
        ("a sealed frame", {"Origin": "null"}),
        ("another port of this machine", {"Origin": "http://127.0.0.1:1"}),
        ("another host", {"Host": "evil.example"}),
        ("this machine's other name", {"Host": "localhost:{port}"}),
        ("another site", {"Sec_Fetch_Site": "cross-site"}),
        ("the same site on another port", {"Sec_Fetch_Site": "same-site"}),
    ],
)
def test_strangers_get_nothing_from_any_route_and_leave_no_act(
    served: Served, why: str, headers: dict[str, str | None]
) -> None:
    before = acts(served)
    secret = served.cookie.partition("=")[2]
    given = {
        name: value.format(port=served.console.port, secret=secret) if value else None
        for name, value in headers.items()
    }
    for path in served.all:
        answer = served.get(path, "GET", **given)
        assert (answer.status, answer.body.startswith("Refused")) == (403, True), (why, path, answer.status)
        assert "P-0012" not in answer.body
    assert acts(served) == before


def test_a_link_that_was_used_opens_nothing_more(served: Served) -> None:
    link = served.console.next_link()
    enter(link)
    again = request(served.console.port, "/enter?" + link.partition("?")[2])
    assert again.status == 403
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize("name", NAMES)
def test_a_path_where_an_id_belongs_reads_nothing(served: Served, name: str) -> None:
    before = acts(served, seen=False)
    routes = (
        "/exports/file/{}", "/plans/{}/file", "/pictures/{}/1", "/pictures/heights/{}", "/review/{}/seen/1.00.png",
        f"/review/{served.session}/seen/{{}}.png", "/homework/{}/sheet/save", f"/homework/{served.patient}/{{}}/save",
        f"/after/{served.session}/report.{{}}", "/static/{}", "/static/patients.css/{}",
    )  # fmt: skip
    for route in routes:
        path = route.format(name)
        answer = served.get(path)
        assert answer.status in (400, 404, 422), (path, answer.status, answer.body[:200])
        assert "root:" not in answer.body
        assert "Traceback" not in answer.body
    # A report says in words what is in the way, without reading anything.
    report = served.get(f"/after/{name}/report.html")
    assert report.status in (404, 409), report
    assert "root:" not in report.body
    for page in ("/after/{}", "/review/{}", "/progress/{}", "/plans/{}", "/patients/{}"):
        answer = served.get(page.format(name))
        assert answer.status in (200, 404), (page, answer.status)
        assert not re.search("root:|Traceback", answer.body), page
    assert acts(served, seen=False) == before


def test_names_without_their_percent_signs_read_nothing_either(served: Served) -> None:
    """As no browser asks, but a program may."""
    for path in (
        "/static/../server.py", "/static//etc/passwd", "/pictures/../../1", "/exports/file/../../clinic.db",
        "//etc/passwd", "/exports/file/", "/plans//file", f"/after/{served.session}/report.html/../../../etc/passwd",
    ):  # fmt: skip
        answer = served.get(path)
        assert answer.status in (307, 404), (path, answer.status, answer.body[:120])
        assert not re.search("root:|import annotations", answer.body), path


def test_figures_that_are_none_are_refused_without_a_fault(served: Served) -> None:
    for path in (
        "/pictures/heights/-1", "/pictures/heights/999999999999999999999", "/pictures/heights/1e3",
        *(f"/review/{served.session}/seen/{figure}.png" for figure in ("nan", "inf", "-inf", "1e999", "-1", "x")),
        f"/after/{served.session}/report.exe", f"/after/{served.session}/report.HTML",
        f"/after/{served.session}/report.html?notes=many",
    ):  # fmt: skip
        answer = served.get(path)
        assert answer.status in (404, 422), (path, answer.status, answer.body[:200])


def test_nothing_that_changes_goes_by_a_plain_request(served: Served) -> None:
    """What changes data goes over the page's websocket; these routes only give."""
    before = acts(served)
    for path in served.all:
        for method in ("POST", "PUT", "DELETE"):
            answer = served.get(path, method, Origin=served.console.origin)
            assert answer.status in (404, 405), (method, path, answer.status)
    assert acts(served) == before


def test_an_address_of_the_console_tells_no_name(served: Served) -> None:
    """Neither do the names of files that it hands over."""
    for path in served.all:
        answer = served.get(path)
        assert "P-0012" not in path
        assert "P-0012" not in answer.headers.get("content-disposition", "")
    plan = served.get(f"/plans/{served.plan}/file")
    assert tomllib.loads(plan.body)["id"] == "heights-first-session"
    assert plan.headers["content-disposition"] == 'attachment; filename="heights-first-session.toml"'
