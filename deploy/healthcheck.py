"""Ends with 0 if the web process in this container answers; what `HEALTHCHECK` runs."""

import os
import sys
from urllib.request import Request, urlopen

HOST = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()

if __name__ == "__main__":
    asked = Request("http://127.0.0.1:8000/healthz", headers={"Host": HOST})
    sys.exit(0 if urlopen(asked, timeout=2).status == 200 else 1)
