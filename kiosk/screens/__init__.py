"""What is shown: each screen a class and a kv file of the same name. They hold no state of a visit."""
# mypy: disable-error-code="import-untyped"

from pathlib import Path


def load(name: str) -> None:
    """Read a screen's kv file, once."""
    from kivy.lang import Builder

    path = str(Path(__file__).with_name(f"{name}.kv"))
    if path not in Builder.files:
        Builder.load_file(path)
