#!/bin/sh
# Makes .venv unless a working one is there.  venv.sh [PYTHON]: the interpreter, else the first that is new enough.
set -eu

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
fail() { echo "$1" >&2; exit 1; }

if [ -x .venv/bin/python ] && new_enough .venv/bin/python && .venv/bin/python -c 'import pip' 2>/dev/null; then
    exit 0
fi

chosen=${1:-}
if [ -z "$chosen" ]; then
    for chosen in python3 python3.13 python3.12 python3.11 python3.14 python; do
        if new_enough "$chosen"; then break; fi
    done
    new_enough "$chosen" || chosen=python3
fi
if ! new_enough "$chosen"; then
    found=$("$chosen" --version 2>&1) || fail "'$chosen' does not start; Torchlight needs Python 3.11 or newer: make run PYTHON=/path/to/python3"
    fail "Torchlight needs Python 3.11 or newer, and '$chosen' is $found; name a newer one: make run PYTHON=/path/to/python3"
fi
"$chosen" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "'$chosen' comes without venv; on Debian and Ubuntu: sudo apt-get install python3-venv"
echo "Setting up .venv with $("$chosen" --version) ..."
"$chosen" -m venv --clear .venv
