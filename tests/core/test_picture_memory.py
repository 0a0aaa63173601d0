"""The largest pictures that are taken cost a worker at most 100 MB more than it had."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from gigstream.core.pictures import MOST_PIXELS, MOST_PIXELS_IN_SCANS

# In a process of its own: memory once taken never shows as given back.
MEASURE = """
import io, resource, sys
from django.conf import settings
from PIL import Image
settings.configure(USE_I18N=False)
from gigstream.core import pictures

def clean(file):
    pictures.clean(file, 1, smallest=(400, 300))

def peak():
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used // (1024 if sys.platform == "linux" else 1024 * 1024)

for kind in ("JPEG", "PNG", "WEBP"):  # what the decoders bring along is not the picture's
    small = io.BytesIO()
    Image.new("RGB", (400, 300)).save(small, kind)
    clean(small)
before = peak()
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        clean(file)
print(peak() - before)
"""


def a_square(pixels, mode, path, **options):
    side = int(pixels**0.5)
    Image.new(mode, (side, side)).save(path, **options)
    return path


def test_the_largest_pictures_cost_little_memory(tmp_path):
    files = [
        a_square(MOST_PIXELS["JPEG"], "RGB", tmp_path / "large.jpg", quality=10),
        a_square(MOST_PIXELS_IN_SCANS, "RGB", tmp_path / "scans.jpg", progressive=True),
        a_square(MOST_PIXELS["PNG"], "RGBA", tmp_path / "a.png", compress_level=1),
        a_square(MOST_PIXELS["WEBP"], "RGBA", tmp_path / "a.webp", method=0),
    ]

    told = subprocess.run(
        [sys.executable, "-c", MEASURE, *files],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        check=True,
        text=True,
    )

    assert int(told.stdout) <= 100
