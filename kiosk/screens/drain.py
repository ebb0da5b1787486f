"""One look at SDL's events more in each frame."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.core.window import Window


class Drain:
    """Reads SDL's events before a frame as well as after it: a touch is seen one frame sooner."""

    def start(self) -> None:
        """An input provider has it."""

    def stop(self) -> None:
        """An input provider has it."""

    def update(self, **_: Any) -> None:
        Window.mainloop()
