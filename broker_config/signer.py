"""The signer's door: a Unix socket, one JSON object a line, an answer for each, whatever is said.

A slow or silent client holds up nobody: each has its own task with a time limit, and only the work itself is done in turn.
"""

import asyncio
import contextlib
import json
import os
import sqlite3
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import structlog
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from broker_config import pki
from broker_config.acl import BrokerError, RefusedError
from broker_config.authority import Authority
from broker_config.pki import Issued

log = structlog.get_logger()

_LARGEST_LINE = 32 * 1024
_MOST_CLIENTS = 64
_BACKLOG = 32

Answer = dict[str, Any]
Pem = Annotated[str, Field(max_length=12_000)]


class _Question(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class AskAuthority(_Question):
    do: Literal["authority"]


class Sign(_Question):
    do: Literal["sign"]
    kiosk: Annotated[str, Field(max_length=200)]
    request: Pem


class Renew(_Question):
    do: Literal["renew"]
    certificate: Pem
    request: Pem
    signature: Annotated[str, Field(max_length=2_000)]


class Revoke(_Question):
    do: Literal["revoke"]
    kiosk: Annotated[str, Field(max_length=200)]


Question = AskAuthority | Sign | Renew | Revoke
_QUESTION: TypeAdapter[Question] = TypeAdapter(Annotated[Question, Field(discriminator="do")])


@dataclass(frozen=True, slots=True)
class Desk:
    """Questions to answers; `host` and `port`: the broker as kiosks reach it."""

    authority: Authority
    host: str
    port: int

    def answer(self, line: bytes) -> Answer:
        """Always an answer: what cannot be done is told in a sentence. `refused`: asking once more is of no use."""
        try:
            return {"ok": True, **self._do(_QUESTION.validate_json(line))}
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False, include_context=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the line"
            return _no(f"The signer does not understand this: {where}: {first['msg']}.", refused=True)
        except BrokerError as error:
            return _no(str(error), refused=isinstance(error, RefusedError))
        except (OSError, sqlite3.Error) as error:
            log.error("the signer cannot write its files", error=str(error))
            return _no("The signer cannot write its files; its log says why.")
        except Exception:
            log.exception("a request could not be answered")
            return _no("The signer cannot answer this; its log says why.")

    def _do(self, question: Question) -> Answer:
        match question:
            case AskAuthority():
                ca = self.authority.ca
                return {"ca": ca, "fingerprint": pki.fingerprint(ca), "host": self.host, "port": self.port}
            case Sign():
                made = self.authority.sign(question.kiosk, question.request)
                log.info("signed", kiosk=question.kiosk, serial=made.serial)
                return _told(made)
            case Renew():
                kiosk, made = self.authority.renew(question.certificate, question.request, question.signature)
                log.info("renewed", kiosk=kiosk, serial=made.serial)
                return {"kiosk": kiosk, **_told(made)}
            case Revoke():
                self.authority.revoke(question.kiosk)
                log.info("revoked", kiosk=question.kiosk)
                return {}


class SignerServer:
    """`async with SignerServer(desk, path):` answers at the socket `path`. `idle_s`: how long a client may take for a line."""

    def __init__(self, answer: Callable[[bytes], Answer], path: Path, group: int = -1, idle_s: float = 10.0) -> None:
        self._answer, self._path, self._group, self._idle_s = answer, path, group, idle_s
        # One thread: requests are answered in turn, as the book and the broker's files need it.
        self._work = ThreadPoolExecutor(1)
        self._clients = 0

    async def __aenter__(self) -> Self:
        _make_way(self._path)
        old = os.umask(0o117)  # from its first moment the socket is nobody else's
        try:
            self._server = await asyncio.start_unix_server(self._serve, self._path, limit=_LARGEST_LINE, backlog=_BACKLOG)
        except OSError as error:
            raise BrokerError(f"The signer cannot listen at {self._path}: {error.strerror or error}.") from error
        finally:
            os.umask(old)
        os.chown(self._path, -1, self._group)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._work.shutdown(wait=True)
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients += 1
        try:
            await self._talk(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # it went away, or said nothing: nobody is left to be told
        finally:
            self._clients -= 1
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while self._clients <= _MOST_CLIENTS:
            try:
                line = await asyncio.wait_for(reader.readuntil(b"\n"), self._idle_s)
            except asyncio.LimitOverrunError:
                await self._say(writer, _no(f"A request has at most {_LARGEST_LINE} bytes.", refused=True))
                return
            said = await asyncio.get_running_loop().run_in_executor(self._work, self._answer, line)
            await self._say(writer, said)
        await self._say(writer, _no("Too many programs ask the signer at once: try again."))

    async def _say(self, writer: asyncio.StreamWriter, answer: Answer) -> None:
        writer.write(json.dumps(answer).encode() + b"\n")
        await asyncio.wait_for(writer.drain(), self._idle_s)


def _no(why: str, *, refused: bool = False) -> Answer:
    return {"ok": False, "why": why, "refused": refused}


def _told(made: Issued) -> Answer:
    return {
        "certificate": made.certificate,
        "serial": made.serial,
        "issued": made.issued.isoformat(),
        "expires": made.expires.isoformat(),
    }


def _make_way(path: Path) -> None:
    """A socket that an earlier signer left behind; never anything else."""
    try:
        if stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise BrokerError(f"The signer cannot listen at {path}: {error.strerror}.") from error
