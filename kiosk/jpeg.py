"""A picture of the screen, small enough to be sent in one message."""

from io import BytesIO

MOST_BYTES = 40_000
WIDEST = 1280
QUALITIES = (85, 75, 60, 45)
SMALLER = 0.75


def small_jpeg(size: tuple[int, int], rgba: bytes, most: int = MOST_BYTES) -> bytes:
    """Pixels, lowest row first, as a JPEG of at most `most` bytes: coarser first, then smaller.

    Raises ImportError where Pillow is not installed.
    """
    from PIL import Image

    upright = Image.frombytes("RGBA", size, rgba).transpose(Image.Transpose.FLIP_TOP_BOTTOM).convert("RGB")
    scale = min(1.0, WIDEST / max(size))
    while True:
        shown = upright.resize((max(1, round(size[0] * scale)), max(1, round(size[1] * scale))))
        for quality in QUALITIES:
            to = BytesIO()
            shown.save(to, "JPEG", quality=quality, optimize=True)
            if to.tell() <= most:
                return to.getvalue()
        scale *= SMALLER
