"""What Python compiles for a test run is kept, even where the machine wants it kept nowhere.

Images of containers set PYTHONDONTWRITEBYTECODE, and then every process of a run compiles
all files anew: ten seconds of each. On such a machine it is kept out of sight, in `var/test/`.
"""

import os
import sys
from pathlib import Path

KEPT = Path(__file__).resolve().parents[1] / "var" / "test" / "bytecode"

if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(KEPT)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
