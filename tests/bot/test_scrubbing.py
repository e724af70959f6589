# SPDX-License-Identifier: Apache-2.0
"""A scrubbed copy shows what its original shows, upright, and carries nothing else; a hostile picture harms nobody."""

import asyncio
import base64
import io
import os
import subprocess
import sys
import time
import zlib

import pytest
from PIL import Image, ImageCms

from bot.scrubbing import SCRIPT, Picture, Scrubber, is_bare, mime_of
from tests.bot import pictures
from tests.bot.pictures import CANARY, HIGH, UPRIGHT, WIDE, alike, corners, quarters, saved

FORMS = (
    CANARY.encode(),
    CANARY.encode("utf-16-le"),
    CANARY.encode("utf-16-be"),
    base64.b64encode(CANARY.encode())[:-4],
)


async def scrubbed(raw):
    return await Scrubber().scrub([raw])


def opened(copy):
    picture = Image.open(io.BytesIO(copy))
    picture.load()
    return picture


def in_pieces(raw, size=5):
    picture = Picture()
    for start in range(0, len(raw), size):
        picture.take(raw[start : start + size])
    return picture


@pytest.mark.parametrize("raw", [pytest.param(raw, id=kind) for kind, raw in pictures.carriers()])
async def test_a_copy_carries_nothing_but_the_picture(raw):
    assert any(form in raw for form in FORMS)
    copy = await scrubbed(raw)
    assert copy is not None
    assert [form for form in FORMS if form in copy] == []
    assert is_bare(copy)
    picture = opened(copy)
    assert alike(picture, opened(raw))
    assert not {"exif", "xmp", "icc_profile", "comment", "photoshop"} & picture.info.keys()
    assert dict(picture.getexif()) == {}
    assert getattr(picture, "n_frames", 1) == 1


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize(
    "make", [pictures.photo, pictures.webp, pictures.tiff, lambda turn: pictures.png(orientation=turn)]
)
async def test_a_copy_is_upright(make, orientation):
    copy = await scrubbed(make(orientation))
    assert copy is not None
    picture = opened(copy)
    assert corners(picture) == UPRIGHT[orientation]
    assert picture.size == ((HIGH, WIDE) if orientation > 4 else (WIDE, HIGH))


async def test_what_was_erased_by_transparency_does_not_come_back():
    picture = quarters("RGBA")
    picture.putalpha(0)
    picture.paste((9, 9, 9, 255), (0, 0, 8, 8))
    copy = opened(await scrubbed(saved(picture, "PNG")))
    assert copy.mode == "RGBA"
    assert copy.getpixel((3, 3)) == (9, 9, 9, 255)
    assert copy.crop((8, 8, WIDE, HIGH)).getcolors() == [((WIDE - 8) * (HIGH - 8), (0, 0, 0, 0))]


@pytest.mark.parametrize(
    ("picture", "kind", "wanted"),
    [
        (quarters(), "PNG", "image/jpeg"),
        (quarters("RGBA"), "PNG", "image/jpeg"),  # nothing of it is transparent
        (quarters("CMYK"), "JPEG", "image/jpeg"),
        (quarters("L"), "JPEG", "image/jpeg"),
        (quarters("1"), "PNG", "image/png"),
        (quarters("I;16"), "PNG", "image/png"),
        (Image.new("RGB", (30, 30), "red"), "BMP", "image/png"),
    ],
)
async def test_photos_become_jpeg_and_drawings_png(picture, kind, wanted):
    copy = await scrubbed(saved(picture, kind))
    assert copy is not None
    assert mime_of(copy) == wanted


async def test_sixteen_bits_of_grey_stay_as_light_as_they_were():
    picture = Image.frombytes("I;16", (2, 1), (0x4000).to_bytes(2, "little") + (0xC000).to_bytes(2, "little"))
    copy = opened(await scrubbed(saved(picture, "PNG")))
    assert [copy.getpixel((x, 0)) for x in (0, 1)] == [0x40, 0xC0]


@pytest.mark.parametrize("raw", [pytest.param(raw, id=kind) for kind, raw in pictures.hostile()])
async def test_a_hostile_picture_has_no_copy(raw):
    assert in_pieces(raw)
    assert await scrubbed(raw) is None


@pytest.mark.parametrize("raw", [pytest.param(raw, id=kind) for kind, raw in pictures.harmless()])
async def test_what_only_looks_hostile_has_one(raw):
    copy = await scrubbed(raw)
    assert copy is not None
    assert CANARY.encode() not in copy


@pytest.mark.parametrize("size", [1, 7, 16, 1000])
def test_the_bytes_say_what_is_a_picture(size):
    for _, raw in [*pictures.carriers(), *pictures.hostile()]:
        picture = in_pieces(raw, size)
        assert picture
        assert b"".join(picture.pieces) == raw
    for raw in pictures.no_pictures():
        assert not in_pieces(raw, size)


def test_what_is_no_picture_is_not_kept_in_memory():
    picture = in_pieces(b"OggS" + bytes(1 << 16), 4096)
    assert picture.pieces == []


def planted(copy):
    """The same copy with something in it, in every way that a decoder could be made to."""
    if copy.startswith(b"\x89PNG"):
        text = pictures.chunk(b"tEXt", b"a\0b")
        yield from (copy[:33] + text + copy[33:], copy[:-12] + text + copy[-12:])
        yield copy[:33] + pictures.chunk(b"PLTE", bytes(3)) + copy[33:]
        yield copy[:40] + bytes([copy[40] ^ 1]) + copy[41:]
    else:
        yield copy[:2] + b"\xff\xfe\x00\x04ab" + copy[2:]
        yield copy[:20] + b"\xff\xe1\x00\x04ab" + copy[20:]
        yield copy[:-2] + b"\xff\xfe\x00\x04ab" + copy[-2:]
        yield copy[:13] + b"\x01" + copy[14:]  # a resolution that was not ours
    yield from (copy + b"x", copy[:-1], copy[:60], b"", b"%PDF" + copy)


@pytest.mark.parametrize("picture", [quarters(), Image.new("RGB", (30, 30), "red")])
async def test_only_a_bare_picture_passes(picture):
    copy = await scrubbed(saved(picture, "PNG"))
    assert is_bare(copy)
    assert [number for number, more in enumerate(planted(copy)) if is_bare(more)] == []


LEAKY = "import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write(bytes.fromhex({!r}))"
GONE_BAD = {
    "hangs": "import time; time.sleep(600)",
    "hangs after reading": "import sys, time; sys.stdin.buffer.read(); time.sleep(600)",
    "writes without end": "import sys\nsys.stdin.buffer.read()\nwhile True: sys.stdout.buffer.write(bytes(1 << 20))",
    "dies": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "dies after writing": LEAKY.format(saved(quarters(), "JPEG").hex()) + "; sys.stdout.flush(); sys.exit(1)",
    "gives back what it got": LEAKY.format(pictures.photo().hex()),
}


@pytest.mark.parametrize("what", GONE_BAD)
async def test_whatever_becomes_of_the_child_there_is_an_answer(tmp_path, what):
    script = tmp_path / "child.py"
    script.write_text(GONE_BAD[what])
    assert await Scrubber(seconds=0.7, script=script).scrub([pictures.photo(), bytes(4 << 20)]) is None


async def test_the_child_is_given_nothing_but_the_picture(tmp_path, monkeypatch):
    monkeypatch.setenv("AMPARO_BOT_TOKEN", CANARY)
    script, seen = tmp_path / "child.py", tmp_path / "seen"
    told = "sorted(os.environ), os.getcwd(), os.listdir('/proc/self/fd')"
    script.write_text(f"import os, pathlib\npathlib.Path({str(seen)!r}).write_text(repr(({told})))")
    await Scrubber(script=script).scrub([b"x"])
    environ, folder, files = eval(seen.read_text())
    assert set(environ) <= {"LC_CTYPE"}  # Python's own, PEP 538
    assert folder == "/"
    assert len(files) <= 4  # three streams, and the folder being listed


async def test_one_that_is_cancelled_leaves_no_child(tmp_path):
    script, seen = tmp_path / "child.py", tmp_path / "seen"
    script.write_text(
        f"import os, pathlib, time\npathlib.Path({str(seen)!r}).write_text(str(os.getpid()))\ntime.sleep(600)"
    )
    task = asyncio.create_task(Scrubber(script=script).scrub([b"x"]))
    end = time.monotonic() + 10
    while not seen.exists() or not seen.read_text():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(seen.read_text()), 0)


async def test_pictures_are_scrubbed_one_at_a_time(tmp_path):
    script, folder = tmp_path / "child.py", tmp_path / "seen"
    folder.mkdir()
    script.write_text(
        f"import os, pathlib, time\nmine = pathlib.Path({str(folder)!r}, str(os.getpid()))\nmine.touch()\n"
        f"alone = len(os.listdir({str(folder)!r})) == 1\ntime.sleep(0.05)\nmine.unlink()\n"
        f"alone or pathlib.Path({str(tmp_path / 'two')!r}).touch()"
    )
    scrubber = Scrubber(script=script)
    await asyncio.gather(*(scrubber.scrub([b"x"]) for _ in range(4)))
    assert not (tmp_path / "two").exists()


def test_a_bare_png_is_told_by_its_sums():
    raw = (
        b"\x89PNG\r\n\x1a\n"
        + pictures.chunk(b"IHDR", bytes(13))
        + pictures.chunk(b"IDAT", zlib.compress(b""))
        + pictures.chunk(b"IEND", b"")
    )
    assert is_bare(raw)
    assert not is_bare(raw[:-1] + b"\0")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK"])
async def test_colours_of_another_profile_are_brought_home(mode):
    """Red and blue of the profile change places: what was stored as red is meant as blue."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = plain.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    swapped = swapped.replace("sRGB built-in".encode("utf-16-be"), CANARY.encode("utf-16-be"))
    picture = Image.new("RGB", (WIDE, HIGH), (200, 30, 30)).convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    for profile, seen in ((plain, "R"), (swapped, "R" if mode == "CMYK" else "B")):  # it is no profile of inks
        copy = opened(await scrubbed(saved(picture, kind, icc_profile=profile)))
        assert corners(copy) == seen * 4


REACHING_OUT = """
import ctypes, importlib.util, socket, sys
spec = importlib.util.spec_from_file_location("scrubber", {script!r})
scrubber = importlib.util.module_from_spec(spec)
spec.loader.exec_module(scrubber)

def reach(raw):
    done = []
    for name, act in (
        ("file", lambda: open(scrubber.__file__)),
        ("socket", socket.socket),
        ("memory", lambda: bytearray(scrubber.MEMORY)),
        ("nothing", lambda: None),
    ):
        try:
            act()
            done.append(name)
        except (OSError, MemoryError):
            pass
    return " ".join(done).encode()

scrubber.scrub = reach
sys.exit(scrubber.main())
"""


def test_a_decoder_gone_bad_reaches_no_file_no_network_and_little_memory():
    script = REACHING_OUT.format(script=str(SCRIPT))
    found = subprocess.run([sys.executable, "-I", "-c", script], input=b"x", capture_output=True, check=True)
    assert found.stdout == b"nothing"
