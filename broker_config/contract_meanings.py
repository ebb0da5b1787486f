"""What each field means, in words. A test sees to it that no field is missing here and none is left over."""

_ANSWER = {
    "seq": "The event's number in its stream: 1, 2, 3 …, no gap, never used twice.",
    "at": "When the citizen tapped.",
    "clock": "How far `at` can be trusted; see *Times and clocks*.",
    "at_earliest": "With `unsure` only: the event cannot be older than this.",
    "at_latest": "With `unsure` only: the event cannot be younger than this.",
    "visit": "Groups the answers of one citizen. Random, fresh for each visit, or taken from a prompt.",
    "service": 'One of the services of the configuration, or `""` where none was chosen.',
    "question": "The question's id in the questionnaire.",
    "value": "The answer, a whole number on the question's scale.",
    "language": "The language on the screen.",
    "type": "Which kind of event this is.",
}

MEANINGS: dict[str, dict[str, str]] = {
    "Batch": {
        "stream": "The numbering that these events belong to: random, made once when the kiosk's outbox is created.",
        "oldest": "The lowest number that the kiosk still holds. Read as the first event's `seq` when it is above that.",
        "config": "The configuration that was on screen for all of these events.",
        "events": "In the order of their numbers.",
    },
    "Rating": _ANSWER
    | {
        "gap_ms": "Milliseconds of monotonic time since this kiosk's previous visit began; null for the first after a boot.",
        "trigger": "What brought the answer: a tap, a prompt, a physical key; `test` is kept and never counted.",
    },
    "Reasons": _ANSWER
    | {
        "value": "The rating's value, repeated so that reasons can be counted by themselves.",
        "reasons": "Ids from the question's list for answers like `value`: the good ones or the bad ones.",
    },
    "Comment": _ANSWER
    | {
        "value": "The rating's value, repeated so that comments can be read by themselves.",
        "text": "The citizen's words, with personal data already replaced by its kind in square brackets.",
    },
    "Void": {"seq": "The number of an event that the kiosk can no longer read.", "type": "Holds the number's place."},
    "Receipt": {
        "stream": "The stream that the receipt speaks about.",
        "through": "Every event from 1 up to this number is stored, accepted or quarantined.",
        "now": "The collector's clock at the moment of sending.",
        "restart": "True: begin a new stream; such a receipt is not retained. Left out otherwise.",
    },
    "State": {
        "state": "`online` after connecting, `offline` before leaving; `lost` only in the last will.",
        "session": "Random for each connection; the will carries the same one, so that an old will is recognised.",
        "version": "Of the kiosk's program.",
    },
    "CollectorState": {"state": "`online` while the collector stores events; `lost` is its last will."},
    "Health": {
        "stream": "The stream in use.",
        "last_seq": "The highest number given so far; 0 before the first.",
        "through": "The highest receipt that the kiosk has obeyed.",
        "pending": "Events without a receipt, counted in the outbox, not computed.",
        "oldest": "The lowest number that the kiosk still holds; one above `last_seq` when it holds none.",
        "uptime_s": "Seconds since the machine started.",
        "version": "Of the kiosk's program.",
        "config": 'The configuration in use, `""` before the first.',
        "clock": "The state of the machine's clock.",
        "disk_free_mb": "Free space where the outbox lies.",
        "screen": "What is shown.",
    },
    "HealthClock": {
        "synced": "Whether the system says that its clock is synchronised.",
        "offset_ms": "The kiosk's clock minus the collector's, from the last receipt; null when unknown.",
    },
    "HealthScreen": {"name": "The screen in front of the citizen.", "frames": "Pictures drawn since the start; it must grow."},
    "KioskConfig": {
        "config": "The id of this configuration; see *Configuration*.",
        "kiosk": "The kiosk that it is meant for.",
        "office": "Where the kiosk stands.",
        "counter": 'The counter that it stands at, or `""`.',
        "services": "What the citizen may have come for; may be empty.",
        "languages": "In the order of the screen; the first is the one to begin with.",
        "questionnaire": "What is asked.",
        "display": "How the screens look: `theme` (light or dark), `dpi`, `viewing_mm` (reading distance), `qr` (an address, "
        "shown as a code after the visit), `service_pin` (the hash of what opens the service screen). Others are left alone.",
        "hours": 'When the office is open, `{"mon": ["08:00", "17:00"], "holidays": ["2026-12-24"]}`; else the screen dims. '
        "Weekdays not named are closed, and so are the local days in `holidays`; without weekdays these alone are closed. "
        "Empty, or not to be read so: always open.",
    },
    "ConfigOffice": {
        "id": "The office.",
        "name": "Its name on the screen.",
        "timezone": "IANA name, `Europe/Vilnius`; days are cut there.",
    },
    "ConfigService": {"id": "The service's id in events.", "name": "Its name on the screen."},
    "Questionnaire": {
        "id": "The questionnaire.",
        "questions": "In the order of the screen; the first one is the main question, and every score is about it.",
        "interval_s": "A rating whose own `gap_ms` is below this many seconds is flagged by the rule `interval-v1`.",
        "comment": "Whether citizens are asked for their own words after the last question. Left out where it is `true`.",
    },
    "Question": {
        "id": "The question's id in events. Other words or another scale make another id.",
        "scale": "One of the scales below.",
        "text": "The question itself.",
        "words": "A word for each value from the lowest up; for `nps11` the words of its two ends are enough.",
        "reasons": "What may be chosen as a reason afterwards.",
        "after": "A further question that is asked only after a `good` or only after a `bad` answer to the main one. "
        "Left out where it is `any`.",
    },
    "ReasonLists": {
        "good": "Offered after a good answer.",
        "bad": "Offered after a bad answer.",
        "ask_good": "The question above the good reasons.",
        "ask_bad": "The question above the bad reasons.",
    },
    "Choice": {"id": "The reason's id in events.", "text": "Its words on the screen."},
    "Reply": {
        "id": "The configuration's `config`, or the command's `id`.",
        "ok": "Whether it was done.",
        "detail": "The reason when it was not.",
        "data": "The configuration as it was applied, or a command's result; null otherwise.",
    },
    "Command": {
        "id": "Repeated in the reply.",
        "name": "What to do.",
        "args": "What the command needs.",
        "ttl_s": "Seconds from its arrival, on the kiosk's monotonic clock, after which it is ignored.",
    },
    "Prompt": {
        "visit": "A fresh token made by the collector; the answers carry it as their `visit`.",
        "service": 'What the visit was about, or `""`.',
        "ttl_s": "Seconds from its arrival, on the kiosk's monotonic clock, after which it is ignored.",
    },
    "QueueVisit": {
        "office": "Where the visit took place.",
        "counter": 'At which counter, or `""`.',
        "service": 'What for, or `""`.',
        "ended": "When the visit ended.",
        "waited_s": "Seconds between the ticket and the call.",
        "served_s": "Seconds at the counter.",
    },
    "Score": {
        "office": "The office.",
        "day": "The day in the office's own time zone.",
        "n": "Visits that answered the main question; below 10 nothing else is told.",
        "csat": "Share of positive answers, 0 to 1. Absent for `nps11`.",
        "low": "Lower end of the interval around `csat`.",
        "high": "Upper end of the interval around `csat`.",
        "index": "Mean of the answers' index, 0 to 100.",
    },
}
