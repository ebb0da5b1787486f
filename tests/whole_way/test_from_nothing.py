"""From an empty folder to a rating on the office's page, as a person sets it up.

The server by its commands, everything else in the browser, the device by its code; TLS all the way.
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from broker_config.mosquitto import current_account
from broker_config.process import is_open
from tests.brokers import free_port, wait_for
from tests.browsers import chromium
from tests.displays import Screen, windowed, xvfb
from tests.system import Process

PASSWORD = "trys geri žodžiai"
LISTS = {
    "institution": "id;name:lt;name:en\nrajonas;Rajono savivaldybė;District\n",
    "office": "id;institution;name:lt;name:en\nseniunija;rajonas;Žąslių seniūnija;Žasliai eldership\n",
    "service": "id;institution;name:lt;name:en\npazymos;rajonas;Pažymos;Certificates\n",
    "counter": "id;office;name:lt;name:en;services\nlangelis;seniunija;Langelis;Window;pazymos\n",
}


class Server:
    """What a person types on the server, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.broker_port, self.port = folder, free_port(), free_port()
        self.url = f"https://localhost:{self.port}"

    def command(self, *words: str, said: str = "") -> str:
        done = subprocess.run([sys.executable, "-m", *words], input=said, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        broker = self.folder / "broker"
        self.command(
            *("broker_config", "init", str(broker), "--host", "localhost"),
            *("--port", str(self.broker_port), "--listen", "127.0.0.1", "--user", current_account()),
        )
        serving = Process(["-m", "broker_config", "serve", str(broker)], self.folder / "broker.log")
        try:
            wait_for((broker / "signer.sock").exists, 15)
            with self.collecting(broker):
                yield
        finally:
            assert serving.stop() == 0, serving.text()

    @contextlib.contextmanager
    def collecting(self, broker: Path) -> Iterator[None]:
        data = str(self.folder / "collector")
        self.command("collector", "user", "add", "admin", "--role", "admin", "--data", data, said=f"{PASSWORD}\n")
        given = {
            "data": data,
            "host": "localhost",
            "broker-port": self.broker_port,
            "port": self.port,
            "ca": broker / "ca.crt",
            "certificate": broker / "identities" / "collector.crt",
            "key": broker / "identities" / "collector.key",
            "web-certificate": broker / "identities" / "web.crt",
            "web-key": broker / "identities" / "web.key",
            "https-certificate": broker / "https" / "web.crt",
            "https-key": broker / "https" / "web.key",
            "signer": broker / "signer.sock",
            "address": self.url,
        }
        words = [word for name, value in given.items() for word in (f"--{name}", str(value))]
        serving = Process(["-m", "collector", "serve", *words], self.folder / "collector.log")
        try:
            wait_for(lambda: is_open("127.0.0.1", self.port), 30)
            yield
        finally:
            assert serving.stop() == 0, serving.text()


@pytest.mark.timeout(180)
def test_the_first_rating_of_a_new_installation(tmp_path: Path) -> None:
    server, device = Server(tmp_path), tmp_path / "device"
    with server.running(), chromium() as browser, xvfb() as display:
        admin = signed_in(browser, server, "admin", PASSWORD)
        for kind, text in LISTS.items():
            take_in(admin, server, kind, text)
        publish_a_questionnaire(admin, server)
        link = invite(admin, server)
        code = register_a_kiosk(admin, server)

        said = server.command("kiosk", "enrol", code, "--server", server.url, "--data", str(device))
        assert "langelis-1" in said
        kiosk = Process(
            ["-m", "kiosk", "run", "--data", str(device), "--size", "1280x800"], tmp_path / "kiosk.log", windowed(display, device)
        )
        try:
            head = accepted(browser, link)
            head.goto(f"{server.url}/offices/seniunija?lang=en")
            screen = Screen(display, device)
            screen.wait_for("rating", 30)
            screen.answer(5)
            screen.wait_for("reasons")
            screen.skip_to_thanks()
            expect(head.locator("[data-live] [data-show=n]")).to_have_text("1", timeout=15_000)
            admin.goto(f"{server.url}/fleet?lang=en")
            expect(admin.locator("table.rows tbody tr", has_text="langelis-1")).to_contain_text("connected since")
            admin.goto(f"{server.url}/accounting?lang=en")
            expect(admin.locator("main")).to_contain_text("accounted for")
        finally:
            assert kiosk.stop() == 0, kiosk.text()


def signed_in(browser: Browser, server: Server, login: str, password: str) -> Page:
    """The certificate is of the installation's own authority, which this browser has not been told of."""
    page = browser.new_context(ignore_https_errors=True, locale="lt-LT").new_page()
    page.goto(f"{server.url}/sign-in?lang=en")
    page.fill("#login", login)
    page.fill("#password", password)
    with page.expect_navigation():
        page.press("#password", "Enter")
    return page


def take_in(page: Page, server: Server, kind: str, text: str) -> None:
    page.goto(f"{server.url}/catalogue/files?lang=en")
    page.select_option("#kind", kind)
    page.set_input_files("#file", {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": text.encode()})
    page.click("#take-in .act")
    page.wait_for_url("**/catalogue/files/preview**")
    page.click("#apply .act")
    page.wait_for_url(lambda address: "preview" not in address)


def publish_a_questionnaire(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/language/en?next=/questionnaires")
    page.check("#set-core5")
    page.click("text=Start a draft")
    page.wait_for_url("**/questionnaires/core5/1**")
    page.click("text=Complete: to publication")
    page.click("main button.act")
    page.wait_for_url("**/questionnaires?done=published**")
    page.click("[aria-labelledby=name-core5] >> text=Where it is asked")
    page.check("#institution-rajonas")
    page.click("text=Save the places")
    page.wait_for_url("**/questionnaires?done=assigned**")


def invite(page: Page, server: Server) -> str:
    page.goto(f"{server.url}/users?lang=en")
    page.fill("#login", "vadove")
    page.check("#role-head")
    page.check("#office-seniunija")
    page.click("form[method=post][action='/users'] button.act")
    return page.inner_text("#link").strip()


def accepted(browser: Browser, link: str) -> Page:
    page = browser.new_context(ignore_https_errors=True, locale="lt-LT").new_page()
    page.goto(link)
    page.fill("#new", PASSWORD)
    page.fill("#again", PASSWORD)
    with page.expect_navigation():
        page.press("#again", "Enter")
    return page


def register_a_kiosk(page: Page, server: Server) -> str:
    page.goto(f"{server.url}/fleet/new?lang=en")
    page.select_option("#counter", "langelis")
    page.click(".form button.act")
    return page.inner_text("#code")
