"""Records the golden files: what a real Celery writes to a real Redis, byte for byte.

    script/python Tests/Fixtures/record.py

It starts a redis-server of its own on a socket in a temporary folder, and for the messages and
results which a worker or beat writes, those programs too. `messages/` and `results/` are written
anew; `manifest.json` tells for each file what made it, where it stood, and what Celery reads in it.
"""

import os
import pathlib
import shutil
import subprocess
import sys

FIXTURES = pathlib.Path(__file__).resolve().parent
# Tracebacks are recorded too, and name files by their path: it shall be the same everywhere.
STAGE = pathlib.Path("/tmp/recording")


def main():
    STAGE.mkdir()
    try:
        packages = next(path for path in sys.path if path.endswith("site-packages"))
        (STAGE / "packages").symlink_to(packages)
        (STAGE / "app").symlink_to(FIXTURES / "recording")
        # Messages name the host they come from. This file runs before anything asks for it.
        (STAGE / "sitecustomize.py").write_text(
            "import socket\nsocket.gethostname = lambda: 'recorder'\n"
        )
        environment = os.environ | {
            "RECORDING_STAGE": str(STAGE),
            "RECORDING_BROKER": f"redis+socket://{STAGE}/redis.sock",
            "PYTHONPATH": f"{STAGE}:{STAGE}/app:{STAGE}/packages",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TZ": "UTC",
        }
        return subprocess.call([sys.executable, STAGE / "app" / "recorder.py"], env=environment)
    finally:
        shutil.rmtree(STAGE)


if __name__ == "__main__":
    sys.exit(main())
