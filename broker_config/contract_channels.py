"""What goes over which topic: the rows from which CONTRACT.md and asyncapi.yaml are made."""

from dataclasses import dataclass

from broker_config import topics
from broker_config.messages import (
    Batch,
    CollectorState,
    Command,
    Health,
    KioskConfig,
    Message,
    Prompt,
    QueueVisit,
    Receipt,
    Reply,
    Score,
    State,
)


@dataclass(frozen=True, slots=True)
class Channel:
    """One topic. `owner` and `kind` are its third and last level, `sender` and `receiver` who speaks and who listens."""

    owner: str
    kind: str
    message: type[Message]
    sender: str
    receiver: str
    qos: int
    retained: bool
    summary: str

    @property
    def parameter(self) -> str:
        """What the id in the topic is called."""
        return "source" if self.owner == "queue" else self.owner

    @property
    def topic(self) -> str:
        return f"{topics.ROOT}/{self.owner}/{{{self.parameter}}}/{self.kind}"

    @property
    def name(self) -> str:
        return f"{self.owner}{self.kind.capitalize()}"


CHANNELS = (
    Channel("kiosk", "events", Batch, "kiosk", "collector", 1, False, "What citizens answered, 1 to 200 events in their order."),
    Channel("kiosk", "receipt", Receipt, "collector", "kiosk", 1, True, "How far a stream is stored, and the collector's time."),
    Channel("kiosk", "state", State, "kiosk", "everyone", 1, True, "Presence: online, offline, or lost by the last will."),
    Channel("kiosk", "health", Health, "kiosk", "collector", 0, False, "Every 60 s: how the kiosk is doing."),
    Channel("kiosk", "config", KioskConfig, "collector", "kiosk", 1, True, "Everything that the kiosk shows and asks."),
    Channel("kiosk", "reply", Reply, "kiosk", "collector", 1, False, "A configuration taken or refused, or a command's result."),
    Channel(
        "kiosk", "command", Command, "collector", "kiosk", 0, False, "Something to do now; worthless after its time to live."
    ),
    Channel("kiosk", "prompt", Prompt, "collector", "kiosk", 0, False, "A visit just ended at this counter: ask the citizen."),
    Channel("queue", "visits", QueueVisit, "queue system", "collector", 1, False, "A queue system tells that a visit ended."),
    Channel("office", "score", Score, "collector", "everyone", 1, True, "An office's score of today."),
    Channel("collector", "state", CollectorState, "collector", "everyone", 1, True, "Whether somebody is there to store events."),
)
