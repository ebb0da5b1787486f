"""Where things are on the screen, for tests that tap with a real pointer. Written only if NUOMONE_SCREEN_MAP=1."""

import json
import os
from pathlib import Path
from typing import Any

Point = tuple[int, int]


def faces(rating: Any, height: int) -> dict[int, Point]:
    """Each value's picture, in pixels from the top left."""
    return {int(answer.value): _centre(answer.face, height) for answer in rating.ids.answers.answers}


def describe(app: Any) -> dict[str, Any]:
    """What can be tapped now: `faces` by value, `languages` by code, `services` and `chips` by id, `keys` by character.

    The rest has names. Empty or null where the screen has none.
    """
    size, name = [int(n) for n in app.stage.size], app.shown
    ids, state = app.front.ids, app.station.state
    buttons = {key: ids.get(key) for key in ("back", "skip", "done", "send", "privacy", "earlier", "later", "go_on", "close")}
    foot = ids.get("foot")
    tiles = {tile.value: _centre(tile, size[1]) for tile in ids["tiles"].tiles} if "tiles" in ids else {}
    return {
        "screen": name,
        "size": size,
        "language": state.language if state else "",
        "config": app.station.config.config if app.station.config else "",
        "faces": {str(value): at for value, at in faces(app.rating, size[1]).items()} if name == "rating" else {},
        "languages": {one.value: _centre(one, size[1]) for one in foot.buttons} if hasattr(foot, "buttons") else {},
        "access": {name: _centre(one, size[1]) for name, one in foot.icons.items()} if hasattr(foot, "icons") else {},
        "keys": {cap.value or cap.kind: _centre(cap, size[1]) for cap in ids["keyboard"].caps} if "keyboard" in ids else {},
        "prompting": bool(state and state.prompting),
        "services": tiles if name == "services" else {},
        "chips": tiles if name == "reasons" else {},
    } | {key: _centre(button, size[1]) if button and button.text else None for key, button in buttons.items()}


class ScreenMap:
    """The file that tells where things are; written again when something moved and touches are heard."""

    def __init__(self, path: Path) -> None:
        self._path, self._wanted = path, os.environ.get("NUOMONE_SCREEN_MAP") == "1"
        self._seen: dict[str, Any] = {}
        self._written: dict[str, Any] = {}

    def settled(self, app: Any) -> bool:
        """Whether everything is where it was when this was last asked."""
        before, self._seen = self._seen, describe(app)
        return before == self._seen

    def write(self, app: Any) -> None:
        """Replace the file in one step, if what can be tapped has changed and lies still."""
        if not self._wanted or app.stage.deaf or not self.settled(app) or self._seen == self._written:
            return
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(self._seen))
        fresh.replace(self._path)
        self._written = self._seen


def _centre(widget: Any, height: int) -> Point:
    return round(widget.center_x), round(height - widget.center_y)
