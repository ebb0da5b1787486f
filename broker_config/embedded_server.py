"""What runs in the embedded broker's process. The only module that imports amqtt, which has no types of its own."""

import asyncio
import hmac
import logging
import signal
from collections.abc import Iterable
from dataclasses import dataclass, field

from amqtt.broker import Broker
from amqtt.contexts import Action, BaseContext, BrokerConfig, ListenerConfig
from amqtt.errors import BrokerError as AmqttError
from amqtt.plugins.base import BaseAuthPlugin
from amqtt.session import Session

from broker_config.acl import BrokerError, Identity
from broker_config.process import check_port_is_free

STOP_SECONDS = 0.5


class Passwords(BaseAuthPlugin):  # type: ignore[misc]
    """User name and password, and a last will that its owner would be allowed to publish."""

    @dataclass
    class Config:
        identities: list[Identity] = field(default_factory=list)

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._known = {identity.id: identity for identity in self.config.identities}

    async def authenticate(self, *, session: Session) -> bool | None:
        known = self._known.get(session.username or "")
        if (
            known is None
            or not known.password
            or not hmac.compare_digest(known.password.encode(), (session.password or "").encode())
        ):
            return False
        # amqtt publishes a will without asking anybody.
        return not session.will_topic or known.may_publish(session.will_topic)


class RuledBroker(Broker):  # type: ignore[misc]
    """amqtt with the rules table of `broker_config.acl`.

    The rules replace amqtt's own check rather than sit in a topic plugin: amqtt waits for its plugins in the middle of
    a walk over its subscriptions, and a client that subscribes in that moment makes it lose the message.
    """

    def __init__(self, port: int, identities: Iterable[Identity]) -> None:
        known = list(identities)
        self._rules = {identity.id: identity for identity in known}
        plugins = {f"{Passwords.__module__}.{Passwords.__qualname__}": {"identities": known}}
        super().__init__(BrokerConfig(listeners={"default": ListenerConfig(bind=f"127.0.0.1:{port}")}, plugins=plugins))

    async def _topic_filtering(self, session: Session, topic: str, action: Action) -> bool:
        identity = self._rules.get(session.username or "")
        if identity is None:
            return False
        return identity.may_publish(topic) if action == Action.PUBLISH else identity.may_subscribe(topic)

    async def _publish_retained_messages_for_subscription(self, subscription: tuple[str, int], session: Session) -> None:
        """Only to a client that has this subscription: amqtt sends a newcomer what everybody else subscribed to."""
        subscribers = self._subscriptions.get(subscription[0], [])
        if any(subscriber.client_id == session.client_id for subscriber, _ in subscribers):
            await super()._publish_retained_messages_for_subscription(subscription, session)


def serve(port: int, identities: Iterable[Identity]) -> None:
    """Until SIGTERM or SIGINT. Raises BrokerError when the port is taken."""
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)
    logging.getLogger("transitions").setLevel(logging.CRITICAL)
    check_port_is_free("127.0.0.1", port)
    asyncio.run(_serve(port, identities))


async def _serve(port: int, identities: Iterable[Identity]) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    broker = RuledBroker(port, identities)
    try:
        await broker.start()
    except AmqttError as error:
        raise BrokerError(f"The embedded broker cannot start on port {port}: {error}.") from error
    await stopped.wait()
    # amqtt waits for tasks that may never end; nothing here needs to be kept.
    await asyncio.wait({asyncio.ensure_future(broker.shutdown())}, timeout=STOP_SECONDS)
