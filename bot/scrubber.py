# SPDX-License-Identifier: Apache-2.0
"""Draws a picture anew: its pixels stay, upright and in sRGB, and nothing else of the file does.

A script of its own, run by `bot.scrubbing` as a child process without keys, environment or files: what a hostile
picture does to a decoder ends with this process. The picture comes on standard input, the copy (JPEG or PNG) goes to
standard output; any other exit code than 0 means that there is no copy.
"""

import contextlib
import copy  # noqa: F401 - Pillow loads it late, for GIFs of several frames, when no file can be opened any more
import io
import os
import resource
import sys
import warnings
from pathlib import Path
from typing import Final

# MPO is what phones with several lenses write into a .jpg.
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

MOST_PIXELS: Final = 40_000_000
"""160 MB as Pillow holds them, twice that while a picture is turned."""
MEMORY: Final = 400 << 20
SECONDS: Final = 5  # of CPU; a photo of 12 megapixels takes 0.2
QUALITY: Final = 90
_FEW_COLOURS: Final = 256
_NO_COPY: Final = 3
_FORMATS: Final = (
    "AVIF",
    BmpImagePlugin.BmpImageFile.format,
    GifImagePlugin.GifImageFile.format,
    JpegImagePlugin.JpegImageFile.format,
    PngImagePlugin.PngImageFile.format,
    TiffImagePlugin.TiffImageFile.format,
    WebPImagePlugin.WebPImageFile.format,
)
_BY_JPEG: Final = (JpegImagePlugin.JpegImageFile.format, MpoImagePlugin.MpoImageFile.format)


def scrub(raw: bytes) -> bytes:
    """The scrubbed copy of a picture. Raises whatever Pillow raises, or ValueError, where there can be none."""
    # Between one and two times this size Pillow warns, from twice on it raises: both are refusals here.
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    loaded = [name for name in _FORMATS if name in Image.OPEN]  # for one that is not, Pillow would load all it has
    with warnings.catch_warnings(action="error"), Image.open(io.BytesIO(raw), formats=loaded) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels to be scrubbed: only the original is kept")
        warnings.simplefilter("ignore")  # from here on they are about metadata that is dropped anyway
        opened.load()
        picture = _in_plain_colours(_upright(opened))
        photo = opened.format in _BY_JPEG
    if picture.mode == "RGBA":
        return _png(_without_hidden_colours(picture))
    if not photo and picture.getcolors(_FEW_COLOURS) is not None:
        return _png(picture)
    return _jpeg(picture)


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the metadata says that it was meant."""
    ImageOps.exif_transpose(picture, in_place=True)
    return picture


def _in_plain_colours(picture: Image.Image) -> Image.Image:
    """As L, RGB or RGBA, the latter only where something is really transparent; colours in sRGB."""
    profile = picture.info.get("icc_profile")
    if picture.mode == "CMYK" and profile:
        picture, profile = _in_srgb(picture, profile), None
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    elif picture.has_transparency_data:
        picture = picture.convert("RGBA")
        if picture.getchannel("A").getextrema() == (255, 255):
            picture = picture.convert("RGB")
    elif picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode not in {"L", "RGB"}:
        picture = picture.convert("RGB")
    return _in_srgb(picture, profile) if profile and picture.mode != "L" else picture


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    target = "RGB" if picture.mode == "CMYK" else picture.mode
    # A profile that cannot be used is dropped: colours a little off are better than no copy.
    with contextlib.suppress(ImageCms.PyCMSError, OSError):
        source, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        if target == picture.mode and "sRGB" in (source.profile.profile_description or ""):
            return picture  # most phones' profile: their colours are right already, and this saves a sixth of a second
        if target == picture.mode:
            ImageCms.profileToProfile(picture, source, srgb, inPlace=True)
        else:
            picture = ImageCms.profileToProfile(picture, source, srgb, outputMode=target) or picture
    return picture


def _without_hidden_colours(picture: Image.Image) -> Image.Image:
    """What is wholly transparent is made black: erasers often leave the colours under it."""
    seen = picture.getchannel("A").point(lambda alpha: 255 if alpha else 0)
    fresh = Image.new("RGBA", picture.size)
    fresh.paste(picture, mask=seen)
    return fresh


def _png(picture: Image.Image) -> bytes:
    picture.info.clear()  # the writer would take profile, resolution and transparency from there
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    picture.info.clear()  # likewise, and comments
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def _limit() -> None:
    """Give up what no picture needs, before the first byte of one is read."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))
    with contextlib.suppress(OSError):  # proc(5): when memory runs out, this process dies and not the bot
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    os.environ.clear()


def _close_off(raw: bytes) -> None:
    """Load what these bytes may need, then open nothing any more: no file, no socket."""
    if raw[4:8] == b"ftyp":  # loading this decoder takes as long as loading all the others
        from PIL import AvifImagePlugin

        AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # else one for each core, and no thread may be started
    Image.preinit()
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def main() -> int:
    """Read, scrub, write."""
    _limit()
    try:
        raw = sys.stdin.buffer.read()
        _close_off(raw)
        scrubbed = scrub(raw)
    except Exception:  # noqa: BLE001 - whatever a picture does to its decoder, the answer is that there is no copy
        return _NO_COPY
    sys.stdout.buffer.write(scrubbed)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
