"""The payloads' JSON schemas from the models, and a field of them as a line of a table."""

import re
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from broker_config import messages
from broker_config.contract_channels import CHANNELS
from broker_config.contract_meanings import MEANINGS
from broker_config.topics import IDENTIFIER

REF = "#/components/schemas/"
_MODE: JsonSchemaMode = "validation"

# Patterns that have a name of their own in the tables.
PATTERNS = {
    f"^{IDENTIFIER}$": "id",
    f"^({IDENTIFIER})?$": 'id or `""`',
    "^[a-z]{2,3}$": "language",
    "^[0-9a-z-]{8,64}$": "stream",
    "^[0-9A-Za-z_-]{1,64}$": "visit",
    "^[0-9]{1,9}-[0-9a-f]{8}$": "config id",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A row: name, type with its limits, whether it must be there, meaning."""

    name: str
    type: str
    required: bool
    meaning: str


def schemas() -> dict[str, dict[str, Any]]:
    """Model name → JSON schema, for every message and everything inside them. References point into components."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(channel.message, _MODE) for channel in CHANNELS]
    _, found = models_json_schema(models, ref_template=f"{REF}{{model}}")
    return {name: _tidy(name, schema) for name, schema in sorted(found["$defs"].items())}


def fields(name: str, schema: dict[str, Any]) -> list[Field]:
    required = schema.get("required", [])
    return [Field(key, described(value), key in required, MEANINGS[name][key]) for key, value in schema["properties"].items()]


def described(schema: dict[str, Any]) -> str:
    """A field's type in words: `integer, 1 to 200`, `list of 1 to 20 × id`, [`Choice`](#choice)."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        return f"[{name}](#{name.lower()})"
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(described(each) for each in alternatives)
    if "const" in schema:
        return f'`"{schema["const"]}"`'
    if "enum" in schema:
        return " or ".join(f'`"{each}"`' for each in schema["enum"])
    return _DESCRIBED.get(schema.get("type", ""), _anything)(schema)


def _anything(schema: dict[str, Any]) -> str:
    return str(schema.get("type", "any JSON value"))


def _string(schema: dict[str, Any]) -> str:
    if schema.get("format") == "date-time":
        return "time"
    if pattern := schema.get("pattern"):
        return PATTERNS.get(pattern, f"string, `{pattern}`")
    longest = schema.get("maxLength")
    shortest = schema.get("minLength", 0)
    return f"string, {shortest} to {longest} characters" if longest else "string"


def _number(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    name = schema["type"]
    if schema.get("exclusiveMinimum") is not None:
        return f"{name}, above {schema['exclusiveMinimum']:g}, at most {high:g}"
    if high is None:
        return f"{name}"
    return f"{name}, {low} or more" if high == messages.MAX_SEQ else f"{name}, {low:g} to {high:g}"


def _array(schema: dict[str, Any]) -> str:
    low, high = schema.get("minItems"), schema.get("maxItems")
    count = f"{low} to {high} × " if high else f"{low} or more × " if low else ""
    return f"list of {count}{described(schema['items'])}"


def _object(schema: dict[str, Any]) -> str:
    values = list(schema.get("patternProperties", {}).values())
    return f"object: language → {described(values[0])}" if values else "object"


_DESCRIBED = {"string": _string, "integer": _number, "number": _number, "array": _array, "object": _object}


def _tidy(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    tidied: dict[str, Any] = _tidied(schema)
    for key, value in tidied["properties"].items():
        value["description"] = re.sub(r"[*`]", "", MEANINGS[name][key])
    return tidied


def _tidied(schema: Any) -> Any:
    """Without the titles that repeat the field's name; a discriminator as AsyncAPI writes it; no key off its pattern."""
    if isinstance(schema, list):
        return [_tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _tidied(value) for key, value in schema.items() if key != "title" or not isinstance(value, str)}
    if isinstance(kept.get("discriminator"), dict):
        kept["discriminator"] = kept["discriminator"]["propertyName"]
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    return kept


def event_names() -> list[str]:
    """The kinds of event, in the order in which the union names them."""
    union = get_args(messages.Event)[0]
    return [model.__name__ for model in get_args(union)]
