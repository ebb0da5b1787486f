"""Whatever stands in an address: never a fault, and never a byte of another head's office."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.access import Viewer
from tests.addresses import ADDRESSES, Address
from tests.collector.deliveries import NOW, comment, rating, reasons, sent
from tests.collector.web_world import World, world

WHO = ("admin", "auditor", "analyst", "head-hall", "head-both", "head-none", "")
ANSWERS = {200, 303, 401, 403, 404, 422}
FAULT = re.compile(r"Traceback|Internal Server Error|Error:|Exception")
OFFICES = ADDRESSES.filter(lambda address: address.path != "/account")  # which is about oneself alone
CSRF = re.compile(r'name="csrf" value="\w+"')
OFTEN = settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
FAR_OFTENER = settings(OFTEN, max_examples=3000)


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("pages")) as made:
        yield made


@pytest.fixture(scope="module")
def another(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same, but for the office in the north: there everything is different."""
    with world(installed, tmp_path_factory.mktemp("another")) as made:
        store = made.store()
        for seq in range(101, 201, 3):
            told: dict[str, Any] = {
                "visit": f"7b1e77c2a90d{seq:04x}",
                "at": f"2026-11-{2 + seq % 18:02}T09:15:00Z",
                "value": 1 + seq % 5,
                "service": ("social-benefits", "residence-declaration")[seq % 2],
            }
            marked = rating(seq, gap_ms=100 if seq % 4 == 0 else 90_000, **told)
            sent(store, marked, comment(seq + 1, text="Visai kiti žodžiai", **told), reasons(seq + 2, **told), kiosk="north-1")
        store.add_note(Viewer("admin", "admin", None), "north", "2026-11-20", "Šiaurės pastaba", NOW)
        store.keep_state("north-1", "lost", "5e55", NOW)
        store.close()
        yield made


def _fails_nowhere(web: World, who: str, address: Address) -> None:
    answer = web.page(str(address), who)
    assert answer.status_code in ANSWERS, answer.text
    assert not FAULT.search(answer.text) or "format" in address.query, answer.text
    if answer.status_code == 303:
        assert answer.headers["location"].startswith("/"), answer.headers
        assert not answer.headers["location"].startswith("//")


def _tells_nothing(web: World, another: World, address: Address) -> None:
    here, there = (one.page(str(address), "head-hall") for one in (web, another))
    assert (here.status_code, _read(here)) == (there.status_code, _read(there))


def _read(answer: Any) -> str:
    return CSRF.sub("", answer.text)


@OFTEN
@given(who=st.sampled_from(WHO), address=ADDRESSES)
def test_no_address_makes_a_fault(web: World, who: str, address: Address) -> None:
    _fails_nowhere(web, who, address)


@OFTEN
@given(address=OFFICES)
def test_a_head_reads_the_same_whatever_happens_in_another_office(web: World, another: World, address: Address) -> None:
    _tells_nothing(web, another, address)


def test_the_two_worlds_differ_for_who_may_know(web: World, another: World) -> None:
    for page in ("", "/period", "/comments?raw=1", "/misuse", "/trend.json"):
        here, there = (one.page(f"/offices/north{page}", "head-north") for one in (web, another))
        assert here.status_code == 200
        assert _read(here) != _read(there), page


@pytest.mark.proof
@FAR_OFTENER
@given(who=st.sampled_from(WHO), address=ADDRESSES)
def test_no_address_of_thousands_makes_a_fault(web: World, who: str, address: Address) -> None:
    _fails_nowhere(web, who, address)


@pytest.mark.proof
@FAR_OFTENER
@given(address=OFFICES)
def test_a_head_reads_the_same_at_thousands_of_addresses(web: World, another: World, address: Address) -> None:
    _tells_nothing(web, another, address)
