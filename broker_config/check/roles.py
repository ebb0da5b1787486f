"""What each role may do at a running broker, held against the rules of `broker_config.acl`.

A broker of MQTT 3.1.1 acknowledges what it throws away: there only what arrived somewhere tells. Where the broker speaks
MQTT 5, what it does not refuse counts as done.
"""

from collections.abc import Iterable
from contextlib import ExitStack

from broker_config import topics as contract
from broker_config.acl import BrokerError, Identity
from broker_config.check.member import Member, NotLetIn, Target, member, until
from broker_config.check.row import Row
from broker_config.check.topics import INVENTED, OF_OTHERS, SYSTEM, TRIED, payload
from broker_config.messages import Reply
from broker_config.tls import meaning

_SHARED = 6


def tried(target: Target, identities: Iterable[Identity]) -> list[Row]:
    """Rows for one identity of each role."""
    rows: list[Row] = []
    chosen = {identity.role: identity for identity in reversed(tuple(identities))}
    with ExitStack() as stack:
        inside: dict[Identity, Member] = {}
        for identity in chosen.values():
            try:
                inside[identity] = _inside(target, identity, stack)
            except (NotLetIn, BrokerError, OSError) as error:
                rows.append(Row(_name(identity), "closed", f"It is not let in: {meaning(error, target.host) or error}."))
        for one in inside.values():
            one.subscribe("#", "$SYS/#", *TRIED)
        for identity, one in inside.items():
            for topic in TRIED:
                if not (identity.may_publish(topic) and topic in OF_OTHERS.values()):  # what others would believe is not said
                    one.publish(topic, payload(identity.role))
            one.publish(SYSTEM, payload(identity.role))
        for one in inside.values():
            one.subscribe("#")
        for identity in inside:
            rows += _written(identity, inside)
            rows += _read(identity, inside)
        rows += _retold(inside)
        rows += _shared(inside)
    return rows


def _inside(target: Target, identity: Identity, stack: ExitStack) -> Member:
    """In MQTT 5, or in 3.1.1 where the broker does not speak it."""
    try:
        return stack.enter_context(member(target, identity))
    except NotLetIn:
        return stack.enter_context(member(target, identity, version5=False))


def _written(identity: Identity, inside: dict[Identity, Member]) -> list[Row]:
    """What of this one's messages reached anybody, though it may not be said."""
    said = payload(identity.role)
    arrived = inside[identity].taken | {topic for one in inside.values() for topic, content in one.received if content == said}
    forged = [topic for topic in sorted(arrived) if not identity.may_publish(topic)]
    if forged:
        return [Row(_name(identity), "OPEN", f"It may publish what is not its own: {', '.join(map(_short, forged))}.")]
    means = "It publishes nothing in the name of another kiosk, collector, office or queue system"
    return [Row(_name(identity), "ok", f"{means}, and nothing to $SYS.")]


def _read(identity: Identity, inside: dict[Identity, Member]) -> list[Row]:
    heard = {topic for topic, content in inside[identity].received if content.startswith(b'{"nuomone-broker check')}
    system = [topic for topic, _ in inside[identity].received if topic.startswith("$SYS")]
    foreign = [topic for topic in sorted(heard) if not identity.may_subscribe(topic)] + system[:1]
    if foreign:
        return [Row(_name(identity), "OPEN", f"It may read what is not for it: {', '.join(map(_short, foreign))}.")]
    return [Row(_name(identity), "ok", "It subscribed to everything, and received nothing that is for others.")]


def _retold(inside: dict[Identity, Member]) -> list[Row]:
    """A kiosk's own word to the collector must arrive, or the rules are too strict."""
    kiosk, collector = _of("kiosk", inside), _of("collector", inside)
    if not kiosk or not collector:
        return []
    topic, said = contract.reply(kiosk.id), Reply(id="check", ok=True, detail="nuomone-broker check").wire()
    inside[kiosk].publish(topic, said)
    inside[collector].subscribe(contract.ALL_REPLIES)
    if until(lambda: inside[collector].has(topic, said)):
        return [Row(_name(kiosk), "ok", "What it says under its own name reaches the collector.")]
    return [Row(_name(kiosk), "closed", "What it says under its own name does not reach the collector.")]


def _shared(inside: dict[Identity, Member]) -> list[Row]:
    """Whether somebody who may read nothing of it takes messages away from a group of collectors."""
    kiosk, collector, thief = (_of(role, inside) for role in ("kiosk", "collector", "observer"))
    if not kiosk or not collector or not thief:
        return []
    group = contract.shared(INVENTED, contract.ALL_REPLIES)
    inside[collector].subscribe(group)
    inside[thief].subscribe(group)
    topic = contract.reply(kiosk.id)
    words = [Reply(id="check", ok=True, detail=f"nuomone-broker check {number}").wire() for number in range(_SHARED)]
    for word in words:
        inside[kiosk].publish(topic, word)
    inside[collector].subscribe(contract.ALL_COLLECTOR_STATES)
    # Each reaches the collector once by its plain subscription, and once more through the group.
    copies = sum(1 for heard, content in inside[collector].received if heard == topic and content in words)
    if copies >= 2 * _SHARED:
        return [Row(_name(thief), "ok", "It takes nothing away from a group of collectors.")]
    means = (
        "It can join a group of collectors whose name it knows, and what it is dealt is sent again later: keep that name secret"
    )
    return [Row(_name(thief), "note", f"{means} (--shared-group), where several collectors share the load.")]


def _of(role: str, inside: dict[Identity, Member]) -> Identity | None:
    return next((identity for identity in inside if identity.role == role), None)


def _name(identity: Identity) -> str:
    return f"{identity.role} {identity.id}"


def _short(topic: str) -> str:
    return topic.removeprefix(f"{contract.ROOT}/")
