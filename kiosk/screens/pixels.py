"""What the window shows, read back from where it is drawn."""
# mypy: disable-error-code="import-untyped"

from kivy.core.window import Window
from kivy.graphics import opengl


def pixels() -> tuple[tuple[int, int], bytes]:
    """Width, height and the pixels of the newest state, lowest row first, four bytes each."""
    Window.canvas.ask_update()
    Window.dispatch("on_draw")
    opengl.glFinish()
    width, height = (int(n) for n in Window.size)
    return (width, height), opengl.glReadPixels(0, 0, width, height, opengl.GL_RGBA, opengl.GL_UNSIGNED_BYTE)
