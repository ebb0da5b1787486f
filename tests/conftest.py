"""How the tests are shared out where several processes run them (`pytest -n 2`)."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

# What an example does is judged, not how long it takes beside whatever else runs on the same cores.
settings.register_profile("shared cores", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared cores")

WHOLE_SYSTEM = ("tests/delivery/", "tests/whole_way/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file stays together, for its windows, servers and browsers; and so do all tests of the whole system in a folder.

    Each of those starts several processes and watches them by the clock: they run one after another, beside files that do not.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return next((folder for folder in WHOLE_SYSTEM if nodeid.startswith(folder)), nodeid.partition("::")[0])

    return ByFile(config, log)


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """A command that was called here wrote its log to this test's output, which is closed for the next."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def five_weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What demo.json says of a running demo with five weeks of citizens: each weekday has been four times before."""
    from tests.demos import Demo

    with Demo(tmp_path_factory.mktemp("five-weeks") / "demo", days=35) as running:
        yield running.wait_until_ready()
