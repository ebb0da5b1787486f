"""Pure: the OpenAPI description as a person reads it: operations with their parameters, answers and an example."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

Schema = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """A parameter, or a part of an answer: `rows[].csat.value`."""

    name: str
    type: str
    text: str
    required: bool


@dataclass(frozen=True)
class Answer:
    status: str
    media: str
    text: str
    fields: list[Field]


@dataclass(frozen=True)
class Operation:
    """`open`: nobody needs to be signed in. `query`: an example's, with its question mark."""

    id: str
    method: str
    path: str
    text: str
    open: bool
    parameters: list[Field]
    answers: list[Answer]
    query: str


def by_tag(described: Schema) -> dict[str, list[Operation]]:
    """All operations under the first of their tags."""
    found: dict[str, list[Operation]] = {}
    schemas = described.get("components", {}).get("schemas", {})
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation.get("tags", ["other"])[0], []).append(_operation(path, method, operation, schemas))
    return found


def _operation(path: str, method: str, operation: Schema, schemas: Schema) -> Operation:
    parameters = operation.get("parameters", [])
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        text=operation.get("description", ""),
        open=not operation.get("security"),
        parameters=[_parameter(parameter, schemas) for parameter in parameters],
        answers=[_answer(status, answer, schemas) for status, answer in sorted(operation["responses"].items())],
        query=_example(parameters),
    )


def _parameter(parameter: Schema, schemas: Schema) -> Field:
    return Field(
        parameter["name"], _type(parameter["schema"], schemas), parameter.get("description", ""), parameter.get("required", False)
    )


def _answer(status: str, answer: Schema, schemas: Schema) -> Answer:
    contents: Schema = answer.get("content", {})
    media = next(iter(contents), "")
    schema = contents[media].get("schema", {}) if media else {}
    fields = [] if "problem" in media else list(_fields(schema, "", schemas))
    return Answer(status, media, answer["description"], fields)


def _example(parameters: list[Schema]) -> str:
    pairs = [
        (parameter["name"], parameter["schema"]["examples"][0]) for parameter in parameters if "examples" in parameter["schema"]
    ]
    return f"?{urlencode(pairs, doseq=True)}" if pairs else ""


def _fields(schema: Schema, prefix: str, schemas: Schema) -> Iterator[Field]:
    """An object's parts, its own before those inside of them."""
    shape = _inside(schema, schemas)
    required = shape.get("required", [])
    for name, part in shape.get("properties", {}).items():
        path = f"{prefix}{name}"
        text = part.get("description") or _resolved(part, schemas).get("description", "")
        yield Field(path, _type(part, schemas), text, name in required)
        inner = _inside(part, schemas)
        if "properties" in inner:
            yield from _fields(inner, f"{path}[]." if _is_list(part, schemas) else f"{path}.", schemas)


def _resolved(schema: Schema, schemas: Schema) -> Schema:
    """Behind its reference, and without its null."""
    for one in schema.get("anyOf", ()):
        if one.get("type") != "null":
            return _resolved(one, schemas)
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Schema = schemas[name] if name else schema
    return found


def _is_list(schema: Schema, schemas: Schema) -> bool:
    return bool(_resolved(schema, schemas).get("type") == "array")


def _inside(schema: Schema, schemas: Schema) -> Schema:
    """The object that a part is, or is a list of."""
    shape = _resolved(schema, schemas)
    return _inside(shape["items"], schemas) if shape.get("type") == "array" else shape


def _type(schema: Schema, schemas: Schema) -> str:
    """In the words of JSON Schema: `integer, 0–1`, `array of string`, `object or null`."""
    options = schema.get("anyOf")
    if options:
        return " or ".join(_type(one, schemas) for one in options)
    shape = _resolved(schema, schemas)
    if "enum" in shape:
        return " | ".join(map(str, shape["enum"]))
    if "const" in shape:
        return str(shape["const"])
    kind = str(shape.get("type", "any"))
    if kind == "array":
        return f"array of {_type(shape['items'], schemas)}"
    return f"{kind}, {shape['minimum']}–{shape['maximum']}" if {"minimum", "maximum"} <= set(shape) else shape.get("format", kind)
