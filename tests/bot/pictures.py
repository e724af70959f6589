# SPDX-License-Identifier: Apache-2.0
"""Pictures made for the tests of scrubbing: with a canary in every place for metadata, turned eight ways, or hostile."""

import io
import struct
import zlib
from collections.abc import Iterable, Iterator

from PIL import Image, ImageChops, ImageCms, ImageStat, PngImagePlugin

CANARY = "ZOPILOTE-7f3a"  # as long as "sRGB built-in", the description in a profile of Pillow's
WIDE, HIGH = 64, 48
CORNERS = {"R": (200, 30, 30), "G": (30, 180, 40), "B": (30, 40, 200), "W": (240, 240, 240)}
# What a stored picture with the corners R G / B W looks like upright: top left, top right, bottom left, bottom right
# (Exif 2.32, tag 0x0112: which side of the scene the first row and the first column are).
UPRIGHT = {1: "RGBW", 2: "GRWB", 3: "WBGR", 4: "BWRG", 5: "RBGW", 6: "BRWG", 7: "WGBR", 8: "GWRB"}


def quarters(mode: str = "RGB") -> Image.Image:
    """A picture of four colours, one a corner, with noise that makes it a photo."""
    picture = Image.new("RGB", (WIDE, HIGH))
    for place, colour in enumerate(CORNERS.values()):
        picture.paste(colour, ((place % 2) * WIDE // 2, (place // 2) * HIGH // 2, WIDE, HIGH))
    noise = Image.merge("RGB", [Image.effect_noise((WIDE, HIGH), 40) for _ in range(3)])
    return Image.blend(picture, noise, 0.1).convert(mode)


def corners(picture: Image.Image) -> str:
    """The colours of its corners, top left to bottom right, each the nearest of ours."""
    wide, high = picture.size
    places = [
        (wide // 4, high // 4),
        (wide * 3 // 4, high // 4),
        (wide // 4, high * 3 // 4),
        (wide * 3 // 4, high * 3 // 4),
    ]
    return "".join(min(CORNERS, key=lambda name: _distance(picture.convert("RGB").getpixel(at), name)) for at in places)


def _distance(pixel: object, name: str) -> int:
    assert isinstance(pixel, tuple)
    return sum((a - b) ** 2 for a, b in zip(pixel, CORNERS[name], strict=True))


def alike(one: Image.Image, other: Image.Image) -> bool:
    """Whether they show the same, but for what JPEG takes away."""
    apart = ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean
    return one.size == other.size and max(apart) < 8


def saved(picture: Image.Image, kind: str, **how: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **how)
    return target.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """Description, device, position and the turn."""
    tags = Image.Exif()
    tags[0x010E], tags[0x010F], tags[0x0112] = CANARY, CANARY, orientation
    tags.get_ifd(0x8825).update({1: "N", 2: (19.0, 25.0, 42.0), 29: CANARY})
    return tags


def profile() -> bytes:
    """A working colour profile whose description is the canary."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    described = made.replace("sRGB built-in".encode("utf-16-be"), CANARY.encode("utf-16-be"))
    assert described != made
    return described


def photo(orientation: int = 1) -> bytes:
    """A JPEG that carries a canary in each of its segments and after its end."""
    plain = saved(quarters(), "JPEG", quality=92, exif=exif(orientation), icc_profile=profile())
    thumbnail = saved(Image.new("RGB", (16, 16)), "JPEG", comment=CANARY)
    told = CANARY.encode()
    segments = [
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + told + b"</x:xmpmeta>"),
        (0xE1, b"http://ns.adobe.com/xmp/extension/\0" + told),
        (
            0xED,
            b"Photoshop 3.0\x008BIM\x04\x04\0\0"
            + struct.pack(">I", 5 + len(told))
            + b"\x1c\x02\x78"
            + struct.pack(">H", len(told))
            + told,
        ),
        (0xE7, b"maker" + told),
        (0xE3, thumbnail),
        (0xFE, told),
    ]
    inside = b"".join(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in segments)
    return plain[:2] + inside + plain[2:] + told + thumbnail + b"PK\x03\x04" + told


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(mode: str = "RGB", orientation: int = 1) -> bytes:
    """A PNG with a canary in each kind of chunk and after its end, and a second frame."""
    told, info = CANARY.encode(), PngImagePlugin.PngInfo()
    info.add_text("Comment", CANARY)
    info.add_text("Raw", CANARY * 50, zip=True)
    info.add_itxt("XML:com.adobe.xmp", CANARY * 50, zip=True)
    info.add(b"tIME", struct.pack(">HBBBBB", 2026, 1, 2, 3, 4, 5))
    info.add(b"prVt", told)
    raw = saved(quarters(mode), "PNG", pnginfo=info, exif=exif(orientation), icc_profile=profile())
    end = raw.rindex(b"IEND") - 4
    frame = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 8, 8, 0, 0, 1, 10, 0, 0)) + chunk(b"fdAT", bytes(4) + told)
    return (
        raw[:33]
        + chunk(b"acTL", struct.pack(">II", 2, 0))
        + raw[33:end]
        + chunk(b"tEXt", b"After\0" + told)
        + frame
        + raw[end:]
        + told
    )


def webp(orientation: int = 1) -> bytes:
    return saved(quarters(), "WEBP", quality=95, exif=exif(orientation), xmp=CANARY.encode(), icc_profile=profile())


def tiff(orientation: int = 1) -> bytes:
    more = Image.new("RGB", (8, 8))
    return saved(quarters(), "TIFF", exif=exif(orientation), icc_profile=profile(), save_all=True, append_images=[more])


def gif() -> bytes:
    """Comment, application extension, a second frame and what comes after the end."""
    told = CANARY.encode()
    raw = saved(
        quarters().quantize(64), "GIF", save_all=True, append_images=[Image.new("P", (WIDE, HIGH))], comment=told
    )
    application = b"\x21\xff\x0bXMP DataXMP" + bytes([len(told)]) + told + b"\0"
    return raw[:-1] + application + b"\x3b" + told


def bmp() -> bytes:
    """Something between the header and the pixels, and after them."""
    raw = saved(quarters(), "BMP")
    start, told = struct.unpack_from("<I", raw, 10)[0], CANARY.encode()
    return raw[:10] + struct.pack("<I", start + len(told)) + raw[14:start] + told + raw[start:] + told


def avif() -> bytes:
    return saved(quarters(), "AVIF", quality=95, exif=exif(), xmp=CANARY.encode(), icc_profile=profile())


def carriers() -> Iterator[tuple[str, bytes]]:
    """Every kind of picture, full of canaries."""
    yield from {
        "jpeg": photo(), "png": png(), "png with a palette": png("P"), "png of grey": png("L"), "png seen through": png("RGBA"),
        "webp": webp(), "tiff": tiff(), "gif": gif(), "bmp": bmp(), "avif": avif(),
    }.items()  # fmt: skip


def _header(wide: int, high: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0))


def _resized(jpeg: bytes, wide: int, high: int) -> bytes:
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", high, wide) + jpeg[at + 4 :]


def _gif_of(frames: int, size: tuple[int, int] = (8, 8)) -> bytes:
    picture = (
        b"\x2c"
        + struct.pack("<HHHHB", 0, 0, 8, 8, 0)
        + saved(Image.new("P", (8, 8)), "GIF").partition(b"\x2c")[2][9:-1]
    )
    return b"GIF89a" + struct.pack("<HHBBB", *size, 0x80, 0, 0) + bytes(6) + picture * frames + b"\x3b"


def hostile() -> Iterator[tuple[str, bytes]]:
    """What must leave the original alone, and the process alive, and have no copy."""
    whole, plain = photo(), saved(quarters(), "JPEG")
    deflated = zlib.compress(bytes(64 << 20), 9)
    yield (
        "png of 50,000 squared",
        _header(50_000, 50_000) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b""),
    )
    yield (
        "png of 41 megapixels",
        _header(6500, 6400) + chunk(b"IDAT", zlib.compress(bytes((3 * 6500 + 1) * 6400))) + chunk(b"IEND", b""),
    )
    yield "jpeg that says it is huge", _resized(plain, 65_000, 65_000)
    yield "gif that says it is huge", _gif_of(1, (65_535, 65_535))
    yield "png whose text is a bomb", _header(8, 8) + chunk(b"zTXt", b"a\0\0" + deflated) + chunk(b"IEND", b"")
    yield "png whose profile is a bomb", _header(8, 8) + chunk(b"iCCP", b"a\0\0" + deflated) + chunk(b"IEND", b"")
    yield "png whose chunk has no end", _header(8, 8) + struct.pack(">I", 0x7FFFFFFF) + b"IDAT" + bytes(100)
    yield "tiff that goes in circles", b"II*\0" + struct.pack("<I", 8) + struct.pack("<HHHIII", 1, 330, 4, 1, 8, 8)
    yield "cut jpeg", whole[: whole.index(b"\xff\xda") + 200]
    yield "cut png", png()[:-200][:600]
    yield "spoilt jpeg", whole[:3] + bytes(len(whole) - 3)
    yield "signature alone", b"\x89PNG\r\n\x1a\n" + bytes(8)
    yield "pdf behind a picture's first bytes", b"\xff\xd8\xff%PDF-1.7 " + CANARY.encode() * 100


def harmless() -> Iterator[tuple[str, bytes]]:
    """What looks bad and still has a copy."""
    yield "gif of 10,000 frames", _gif_of(10_000)
    yield "jpeg that is a zip too", saved(quarters(), "JPEG") + b"PK\x03\x04" + CANARY.encode() * 100


def no_pictures() -> Iterable[bytes]:
    heic = b"\0\0\0\x18ftypheic" + bytes(100)
    return (
        b"",
        b"\xff\xd8",
        b"%PDF-1.7" + photo(),
        b"OggS" + bytes(100),
        b"PK\x03\x04" + bytes(100),
        b"<svg xmlns=''/>" * 9,
        heic,
    )
