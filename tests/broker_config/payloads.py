"""Hypothesis strategies for every message of the contract."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from broker_config.messages import (
    MAX_SEQ,
    SCALES,
    Batch,
    Choice,
    CollectorState,
    Command,
    Comment,
    ConfigOffice,
    ConfigService,
    Health,
    HealthClock,
    HealthScreen,
    KioskConfig,
    Message,
    Prompt,
    Question,
    Questionnaire,
    QueueVisit,
    Rating,
    ReasonLists,
    Reasons,
    Receipt,
    Reply,
    Score,
    State,
    Void,
)
from broker_config.topics import IDENTIFIER

# On the wire times have milliseconds, and text has no halves of surrogate pairs.
MOMENTS = st.integers(0, 4_000_000_000_000).map(lambda ms: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms))
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
IDS = st.from_regex(IDENTIFIER, fullmatch=True)
OPTIONAL_IDS = st.just("") | IDS
LANGUAGES = st.from_regex("[a-z]{2,3}", fullmatch=True)
TEXTS = st.dictionaries(LANGUAGES, WORDS, max_size=3)
STREAMS = st.from_regex("[0-9a-z-]{8,64}", fullmatch=True)
VISITS = st.from_regex("[0-9A-Za-z_-]{1,64}", fullmatch=True)
CONFIG_IDS = st.from_regex("[0-9]{1,9}-[0-9a-f]{8}", fullmatch=True)
COMMAND_IDS = st.from_regex("[0-9A-Za-z_.-]{1,64}", fullmatch=True)
SEQS = st.integers(1, MAX_SEQ)
COUNTS = st.integers(0, MAX_SEQ)
SHORT = WORDS.map(lambda text: text[:40])
SHARES = st.none() | st.floats(0, 1)
TTLS = st.floats(0, 86400, exclude_min=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_SEQ, MAX_SEQ) | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(WORDS, JSON, max_size=3)
STATES = st.sampled_from(["online", "offline", "lost"])

_ANSWER = {
    "seq": SEQS,
    "at": MOMENTS,
    "clock": st.sampled_from(["synced", "estimated", "unsure"]),
    "at_earliest": st.none() | MOMENTS,
    "at_latest": st.none() | MOMENTS,
    "visit": VISITS,
    "service": OPTIONAL_IDS,
    "question": IDS,
    "value": st.integers(0, 10),
    "language": LANGUAGES,
}
RATINGS = st.builds(
    Rating,
    **_ANSWER,
    type=st.just("rating"),
    gap_ms=st.none() | COUNTS,
    trigger=st.sampled_from(["tap", "prompt", "key", "test"]),
)
REASONS = st.builds(Reasons, **_ANSWER, type=st.just("reasons"), reasons=st.lists(IDS, min_size=1, max_size=3))
COMMENTS = st.builds(Comment, **_ANSWER, type=st.just("comment"), text=WORDS.filter(lambda text: text and "\x00" not in text))
VOIDS = st.builds(Void, seq=SEQS, type=st.just("void"))
EVENTS = st.one_of(RATINGS, REASONS, COMMENTS, VOIDS)
BATCHES = st.builds(Batch, stream=STREAMS, oldest=SEQS, config=CONFIG_IDS, events=st.lists(EVENTS, min_size=1, max_size=4))

_CHOICES = st.lists(st.builds(Choice, id=IDS, text=TEXTS), max_size=2)
_QUESTIONS = st.builds(
    Question,
    id=IDS,
    scale=st.sampled_from(sorted(SCALES)),
    text=TEXTS,
    words=st.dictionaries(LANGUAGES, st.lists(WORDS, max_size=3), max_size=2),
    reasons=st.builds(ReasonLists, good=_CHOICES, bad=_CHOICES, ask_good=TEXTS, ask_bad=TEXTS),
)
CONFIGS = st.builds(
    KioskConfig,
    config=CONFIG_IDS,
    kiosk=IDS,
    office=st.builds(ConfigOffice, id=IDS, name=TEXTS, timezone=SHORT),
    counter=OPTIONAL_IDS,
    services=st.lists(st.builds(ConfigService, id=IDS, name=TEXTS), max_size=2),
    languages=st.lists(LANGUAGES, min_size=1, max_size=3),
    questionnaire=st.builds(
        Questionnaire,
        id=IDS,
        questions=st.lists(_QUESTIONS, min_size=1, max_size=2),
        interval_s=st.integers(0, 3600),
    ),
    display=OBJECTS,
    hours=OBJECTS,
)

STRATEGIES: dict[type[Message], st.SearchStrategy[Message]] = {
    Batch: BATCHES,
    Receipt: st.builds(Receipt, stream=STREAMS, through=COUNTS, now=MOMENTS, restart=st.booleans()),
    State: st.builds(State, state=STATES, session=st.from_regex("[0-9a-f]{1,64}", fullmatch=True), version=SHORT),
    CollectorState: st.builds(CollectorState, state=STATES),
    Health: st.builds(
        Health,
        stream=STREAMS,
        last_seq=COUNTS,
        through=COUNTS,
        pending=COUNTS,
        oldest=SEQS,
        uptime_s=COUNTS,
        version=SHORT,
        config=st.just("") | CONFIG_IDS,
        clock=st.builds(HealthClock, synced=st.booleans(), offset_ms=st.none() | st.integers(-MAX_SEQ, MAX_SEQ)),
        disk_free_mb=COUNTS,
        screen=st.builds(HealthScreen, name=SHORT, frames=COUNTS),
    ),
    KioskConfig: CONFIGS,
    Reply: st.builds(Reply, id=COMMAND_IDS, ok=st.booleans(), detail=WORDS, data=JSON),
    Command: st.builds(Command, id=COMMAND_IDS, name=IDS, args=OBJECTS, ttl_s=TTLS),
    Prompt: st.builds(Prompt, visit=VISITS, service=OPTIONAL_IDS, ttl_s=TTLS),
    QueueVisit: st.builds(
        QueueVisit, office=IDS, counter=OPTIONAL_IDS, service=OPTIONAL_IDS, ended=MOMENTS, waited_s=COUNTS, served_s=COUNTS
    ),
    Score: st.builds(
        Score,
        office=IDS,
        day=st.dates().map(str),
        n=COUNTS,
        csat=SHARES,
        low=SHARES,
        high=SHARES,
        index=st.none() | st.floats(0, 100),
    ),
}
