"""Whether Roboto, as it comes with Kivy, has every letter that the kiosk writes. Reads the font file, not Kivy."""

import struct
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

from kiosk.check.row import Row, missing, ok
from kiosk.operator_texts import OperatorTexts, operator_texts
from kiosk.texts import OWN_NAMES, Texts, texts

FACES = ("Roboto-Regular.ttf", "Roboto-Bold.ttf")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789ąčęėįšųūžąćęłńóśźżабвгґдеєёжзиіїйклмнопрстуфхцчшщъыьэюяʼ’„“”«»–—…·×‹›€№°%@•"


def fonts() -> Row:
    """Both faces of Roboto, and all letters in them."""
    folder, again = fonts_folder(), "Install the kiosk's packages again."
    lacking: set[str] = set()
    for face in FACES:
        try:
            lacking |= needed() - letters((folder / face).read_bytes())
        except (OSError, struct.error, StopIteration, ValueError):
            return missing("fonts", f"The font {folder / face} cannot be read.", again)
    if lacking:
        return missing("fonts", f"Roboto has no {' '.join(sorted(lacking))}.", again)
    return ok("fonts", "Roboto has all letters of the five languages.")


def fonts_folder() -> Path:
    """Kivy's own, found without importing Kivy, which would want a window."""
    found = find_spec("kivy")
    return Path(next(iter((found and found.submodule_search_locations) or []), "")) / "data" / "fonts"


def needed() -> set[str]:
    """Every character of the alphabets, and of what the kiosk itself says."""
    said = [getattr(texts(code), field.name) for code in OWN_NAMES for field in fields(Texts)]
    said += [getattr(operator_texts(code), field.name) for code in OWN_NAMES for field in fields(OperatorTexts)]
    everything = "".join([LETTERS, LETTERS.upper(), *OWN_NAMES.values(), *said])
    return {letter for letter in everything if not letter.isspace()}


def letters(font: bytes) -> set[str]:
    """The characters of a TrueType font: its `cmap` in format 4 (OpenType specification), glyph 0 left out."""
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4s4xII", font, 12 + 16 * n) for n in range(tables))
    cmap = next(offset for tag, offset, _ in records if tag == b"cmap")
    (encodings,) = struct.unpack_from(">H", font, cmap + 2)
    starts = (cmap + struct.unpack_from(">4xI", font, cmap + 4 + 8 * n)[0] for n in range(encodings))
    at = next(start for start in starts if struct.unpack_from(">H", font, start) == (4,))
    (twice,) = struct.unpack_from(">H", font, at + 6)
    count = twice // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    firsts, deltas, offsets = (struct.unpack_from(f">{count}H", font, at + 16 + n * twice) for n in (1, 2, 3))
    found = set()
    for segment, (first, last) in enumerate(zip(firsts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offsets[segment]:
                place = at + 16 + 3 * twice + 2 * segment + offsets[segment] + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", font, place)
            if glyph and (glyph + deltas[segment]) % 65536:
                found.add(chr(code))
    return found
