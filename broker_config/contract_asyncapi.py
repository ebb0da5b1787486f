"""The contract as an AsyncAPI 3.0.0 document, told from the collector's side."""

from typing import Any

from broker_config.acl import RULES
from broker_config.contract_channels import CHANNELS, Channel
from broker_config.contract_examples import EXAMPLES
from broker_config.contract_schemas import REF, schemas
from broker_config.topics import IDENTIFIER

VERSION = "1.0.0"
_MQTT_BINDING = "0.2.0"


def asyncapi() -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Nuomonė on the wire",
            "version": VERSION,
            "description": "What kiosks, queue systems and collectors say over MQTT. CONTRACT.md tells how they behave.",
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "127.0.0.1:1883",
                "protocol": "mqtt",
                "protocolVersion": "5",
                "description": "MQTT 5, or 3.1.1 where the broker knows nothing newer. The user name is the id of who connects.",
                "security": [{"$ref": "#/components/securitySchemes/password"}],
            }
        },
        "channels": {channel.name: _channel(channel) for channel in CHANNELS},
        "operations": {_operation_name(channel): _operation(channel) for channel in CHANNELS},
        "components": {
            "securitySchemes": {"password": {"type": "userPassword", "description": _roles()}},
            "messages": {channel.message.__name__: _message(channel) for channel in CHANNELS},
            "schemas": schemas(),
        },
    }


def _channel(channel: Channel) -> dict[str, Any]:
    name = channel.message.__name__
    return {
        "address": channel.topic,
        "description": channel.summary,
        "parameters": {channel.parameter: {"description": f"The id of the {_owner(channel)}; it matches {IDENTIFIER}."}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
    }


def _operation(channel: Channel) -> dict[str, Any]:
    return {
        "action": "send" if channel.sender == "collector" else "receive",
        "channel": {"$ref": f"#/channels/{channel.name}"},
        "summary": channel.summary,
        "bindings": {"mqtt": {"qos": channel.qos, "retain": channel.retained, "bindingVersion": _MQTT_BINDING}},
    }


def _operation_name(channel: Channel) -> str:
    verb = "send" if channel.sender == "collector" else "receive"
    return f"{verb}{channel.name[0].upper()}{channel.name[1:]}"


def _message(channel: Channel) -> dict[str, Any]:
    name = channel.message.__name__
    return {
        "name": name,
        "summary": channel.summary,
        "contentType": "application/json",
        "payload": {"$ref": f"{REF}{name}"},
        "examples": [{"payload": EXAMPLES[name]}],
    }


def _owner(channel: Channel) -> str:
    return "queue system" if channel.owner == "queue" else channel.owner


def _roles() -> str:
    return f"Every identity has one role ({', '.join(RULES)}), which decides what it may publish and read."
