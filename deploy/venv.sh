#!/bin/sh
# Makes .venv from the pinned, hashed lock. Every failure is one sentence that says what to do.
set -eu

supported() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }

python=
for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if supported "$candidate"; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
    echo "Nuomonė needs Python 3.11, 3.12 or 3.13: sudo apt install python3 python3-venv" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "The module venv of $python is missing: sudo apt install python3-venv" >&2
    exit 1
fi

echo "Installing the pinned packages into .venv (a minute or two, once) …"
rm -f .venv/ready
"$python" -m venv --clear .venv
quietly() { "$@" >.venv/install.log 2>&1 || { tail -n 5 .venv/install.log >&2; echo "The installation failed; all of it is in .venv/install.log." >&2; exit 1; }; }
quietly .venv/bin/pip install --disable-pip-version-check --require-hashes -r requirements.lock
quietly .venv/bin/pip install --disable-pip-version-check --no-build-isolation --no-deps -e .
touch .venv/ready
