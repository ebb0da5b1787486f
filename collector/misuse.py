"""Pure: rules that mark an answer as misuse. A mark never deletes: raw and filtered figures are both there.

A rule's id carries its version. A rule looks at the event, its configuration and its
visit only, so that a mark never depends on the order of arrival.
"""

INTERVAL = "interval-v1"


def mark(gap_ms: int | None, interval_ms: float) -> str:
    """The rule that marks a rating, or ''.

    `interval-v1`: the visit began less than `interval_ms` after the kiosk's previous one.
    `gap_ms` is the visit's, so a quick answer to a further question is never marked for its quickness.
    """
    return INTERVAL if gap_ms is not None and gap_ms < interval_ms else ""
