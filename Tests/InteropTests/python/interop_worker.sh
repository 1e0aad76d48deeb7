#!/usr/bin/env bash
# A real Celery worker for the interop tests, with the options given: interop_worker.sh -c 2 -Q mail
# It prints `interop worker ready` on standard output; stop it with SIGTERM.
set -euo pipefail
cd "$(dirname "$0")"
exec "${PYTHON:-../../../.venv/bin/python}" -u -m celery -A interop_app worker \
  --loglevel info --without-gossip --without-mingle --without-heartbeat "$@"
