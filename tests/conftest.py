"""How the tests are run beside one another in several processes (`pytest -n 2 --dist loadgroup`).

A file stays together, for its windows, servers and browsers. All tests of the whole system stay together too: each
starts several processes and watches them by the clock, so that they run one after another, beside a file that does not.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# What an example does is judged, not how long it takes beside whatever else runs on the same cores.
settings.register_profile("shared cores", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared cores")

WHOLE_SYSTEM = {Path(__file__).parent / name for name in ("delivery", "whole_way")}


@pytest.hookimpl(tryfirst=True)  # before the names that the processes are told are made of the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        group = "whole system" if item.path.parent in WHOLE_SYSTEM else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
