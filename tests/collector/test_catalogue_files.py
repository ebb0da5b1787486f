"""Lists of the catalogue go out as files and come in after a preview; what is no list changes nothing."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.catalogue import read
from collector.store.sqlite import SqliteStore
from tests.collector.setting_up import ADMIN, actions, form_of, seen, thing, upload
from tests.collector.web_world import World, world


@pytest.fixture
def web(installed: Path, tmp_path: Path) -> Iterator[World]:
    with world(installed, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def still(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all tests that change nothing in it."""
    with world(installed, tmp_path_factory.mktemp("web")) as made:
        yield made


def test_a_list_goes_out_and_in_without_a_change(web: World) -> None:
    names = {"institution": "institutions", "office": "offices", "counter": "counters", "service": "services", "kiosk": "kiosks"}
    for kind, name in names.items():
        out = web.page(f"/catalogue/files/{name}.csv", "admin")
        assert out.headers["content-type"] == "text/csv; charset=utf-8"
        assert upload(web, kind, out.content).headers["location"] == "/catalogue/files/preview"
        assert 'formaction="/catalogue/files/drop"' not in web.page("/catalogue/files/preview", "admin").text, "nothing to apply"
    assert actions(web) == []


def test_the_whole_catalogue_is_a_file_that_the_command_takes(still: World) -> None:
    whole = still.page("/catalogue/files/whole.json", "admin")
    store = still.store()
    assert read(whole.content) == store.catalogue_in_use(ADMIN, "2026-11-21")
    assert json.loads(whole.content)["kiosks"]
    store.close()


def test_what_was_previewed_is_applied_and_nothing_else(web: World) -> None:
    content = "id;institution;name:lt;name:en\nhall;city;Salė;=HYPERLINK(1)\nsouth;city;<b>Pietūs</b>;South\n".encode()
    assert upload(web, "office", content, "mūsų.csv").headers["location"] == "/catalogue/files/preview"
    preview = web.page("/catalogue/files/preview", "admin")
    assert "mūsų.csv" in preview.text
    assert "&lt;b&gt;Pietūs" in preview.text
    assert actions(web) == []
    assert web.post("/catalogue/services/archive/retire", "admin").status_code == 303
    assert (
        web.post(
            "/catalogue/offices/hall", "admin", **form_of(web, "/catalogue/offices/hall") | {"name:en": "Changed"}
        ).status_code
        == 303
    )
    stale = web.post("/catalogue/files/apply", "admin", seen=seen(preview))
    assert stale.status_code == 409
    assert "Changed" in stale.text
    assert thing(web, "office", "south") is None
    done = web.post("/catalogue/files/apply", "admin", seen=seen(stale))
    assert done.headers["location"] == "/catalogue/files?done=2"
    assert ("admin", "catalogue.add", "office south") in actions(web)
    out = web.page("/catalogue/files/offices.csv", "admin").text
    assert "'=HYPERLINK(1)" in out, "a formula goes out as text"
    again = web.post("/catalogue/files/apply", "admin", seen=seen(stale))
    assert again.headers["location"] == "/catalogue/files", "a file is applied once"


def test_another_admins_file_is_not_applied(web: World) -> None:
    assert upload(web, "office", b"id,institution,name:lt\nsouth,city,x\n").status_code == 303
    store: SqliteStore = web.store()
    assert store.upload("auditor") is None
    assert store.upload("admin")
    store.close()
    assert web.post("/catalogue/files/drop", "admin").status_code == 303
    assert web.page("/catalogue/files/preview", "admin").status_code == 303


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("office", b"id,institution,name:lt\nhall,moon,x\n", "Line 2.</span> There is no institution “moon” in use"),
        ("office", b"\xff\xfeid", "not in UTF-8"),
        ("office", b"", "The file is empty"),
        ("office", b"id,institution,name:lt\nhall,city,\0\n", "cannot be shown"),
        ("moon", b"id\n", "Say which list the file is."),
        ("office", b"id,<script>alert(1)</script>\n", "&lt;script&gt;"),
    ],
)
def test_a_bad_file_changes_nothing_and_says_why(still: World, kind: str, content: bytes, said: str) -> None:
    answer = upload(still, kind, content)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<script>alert" not in answer.text
    store = still.store()
    assert store.upload("admin") is None
    store.close()


def test_a_form_without_a_file(still: World) -> None:
    assert still.post("/catalogue/files", "admin", kind="office").status_code == 422
    assert still.post("/catalogue/files", "admin", kind="office", file="text").status_code == 422


def test_a_huge_file_is_refused_before_it_is_read(still: World) -> None:
    """Only its head is sent: an answer without the body shows that nobody waits for it."""
    there = still.client.base_url
    connection = http.client.HTTPConnection(there.host, there.port or 80, timeout=5)
    connection.putrequest("POST", "/catalogue/files")
    for name, value in {
        "Content-Length": str(100 * 1024 * 1024),
        "Content-Type": "multipart/form-data; boundary=x",
        "Accept": "text/html",
        "Cookie": f"nuomone_session={still.sessions['admin']}; nuomone_language=en",
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert "The file is larger than 5 MB" in answer.read().decode()
    connection.close()


def test_a_file_without_a_length_is_refused(still: World) -> None:
    still.client.cookies.clear()
    headers = {"Cookie": f"nuomone_session={still.sessions['admin']}", "Content-Type": "multipart/form-data; boundary=x"}
    answer = still.client.post("/catalogue/files", content=iter([b"--x\r\n"]), headers=headers)
    assert answer.status_code == 411


def test_five_megabytes_are_taken_and_other_forms_stay_small(still: World) -> None:
    padding = b"x" * 100 + b"," + b"city," + b"y" * 300 + b"\n"
    content = b"id,institution,name:lt\n" + padding * 9_000
    assert 3_000_000 < len(content) < 5 * 1024 * 1024
    answer = upload(still, "office", content)
    assert answer.status_code == 422, "read, and every line found wrong"
    assert still.post("/catalogue/new/offices", "admin", **{"name:lt": "x" * 70_000}).status_code == 413
