"""Pure: the kinds of reasons for quarantine. The store keeps a reason as one sentence; people look for its kind first."""

UNREGISTERED = "the kiosk is not registered, or retired"

_BEGINNINGS = {
    "unregistered": (UNREGISTERED,),
    "configuration": ("unknown configuration ",),
    "question": ("unknown question ",),
    "service": ("unknown service ",),
    "reason": ("unknown reason ",),
    "value": ("value ",),
    "time": ("its time is ", "at_earliest is ", "an unsure clock ", "only an unsure clock "),
    "conflict": ("conflict",),
    "large": ("too large: ", "the comment is above "),
}
OTHER = "other"  # no event of the contract, or no message of it
KINDS = (*_BEGINNINGS, OTHER)


def kind_of(reason: str) -> str:
    """One of KINDS."""
    return next((kind for kind, beginnings in _BEGINNINGS.items() if reason.startswith(beginnings)), OTHER)
