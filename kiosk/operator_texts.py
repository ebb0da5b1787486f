"""What the kiosk says to its operator: English here, other languages in `translations/operator-*.po`."""

from dataclasses import dataclass
from functools import lru_cache

from kiosk.texts import N_, translated

TRANSLATED = ("lt",)


@dataclass(frozen=True, slots=True)
class OperatorTexts:
    """One language: the PIN pad, the service screen's rows and buttons, the screen test."""

    pin_title: str = N_("Service")
    pin_ask: str = N_("Enter the PIN.")
    pin_wrong: str = N_("That PIN is wrong.")
    pin_wait: str = N_("Too many wrong PINs. Wait {seconds} s.")
    delete: str = N_("Delete")
    ok: str = N_("OK")
    close: str = N_("Close")
    back: str = N_("Back")
    test: str = N_("Screen test")
    restart: str = N_("Restart")
    shut_down: str = N_("Shut down")
    ask_restart: str = N_("Start the program again?")
    ask_shut_down: str = N_("Switch the device off? Somebody has to switch it on again.")
    not_done: str = N_("It did not work: {reason}")
    test_end: str = N_("Touch every cell. Touch here three times to end.")
    kiosk: str = N_("Kiosk")
    office: str = N_("Office, counter")
    version: str = N_("Version")
    contract: str = N_("contract {version}")
    broker: str = N_("Broker")
    connection: str = N_("Connection")
    connected: str = N_("connected since {time}")
    not_connected: str = N_("not connected since {time}")
    collector: str = N_("Collector")
    online: str = N_("online")
    offline: str = N_("not seen")
    pending: str = N_("Waiting to be sent")
    receipt: str = N_("Last receipt")
    receipt_at: str = N_("up to no. {through}, {time}")
    receipt_before: str = N_("up to no. {through}, before this start")
    stream: str = N_("Stream")
    config: str = N_("Configuration")
    none: str = N_("none")
    clock: str = N_("Clock")
    clock_synced: str = N_("synchronised")
    clock_estimated: str = N_("estimated")
    clock_unsure: str = N_("uncertain")
    disk: str = N_("Disk free")
    screen: str = N_("Screen")
    frames: str = N_("Frames drawn")
    lockouts: str = N_("Locked after wrong PINs")
    times: str = N_("{count} times")
    unreadable: str = N_("cannot be read")
    first_title: str = N_("This screen is not registered yet")
    first_ask: str = N_("Type the server's address and the one-time code that the administrator has made for this screen.")
    first_server: str = N_("Server")
    first_code: str = N_("Code")
    first_register: str = N_("Register")
    first_busy: str = N_("Registering. This takes a few seconds.")
    first_done: str = N_("Registered as {kiosk}. The screen starts now.")
    first_failed: str = N_("It was not registered: {reason}")


@lru_cache
def operator_texts(language: str) -> OperatorTexts:
    """The operator's words in a language, in English where they have not been translated."""
    return translated(OperatorTexts, language, "operator-") if language in TRANSLATED else OperatorTexts()
