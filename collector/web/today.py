"""Which day it is where most offices are: what "from today" means on pages that are of no office."""

from collector.localtime import usual_timezone
from collector.web.context import Context


def zone_of(here: Context) -> str:
    return usual_timezone(here.stores.reading().office_timezones().values())


def today(here: Context) -> str:
    """As 2026-11-21."""
    return here.stores.reading().today(here.now())
