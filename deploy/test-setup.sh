#!/bin/sh
# Installs what the tests need from the system's packages: as root, or with sudo where it asks for no password.
set -eu

wanted="mosquitto mosquitto-clients xvfb xdotool chromium libgl1 libgl1-mesa-dri libegl1 libgles2 strace espeak-ng"
missing=
for package in $wanted; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
command -v npm >/dev/null 2>&1 || missing="$missing npm"

if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else
        echo "The tests need these packages: sudo apt install$missing" >&2
        exit 1
    fi
    echo "Installing$missing …"
    mkdir -p build
    if ! { $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; } >build/apt.log 2>&1; then
        tail -n 5 build/apt.log >&2
        echo "The packages could not be installed: sudo apt install$missing" >&2
        exit 1
    fi
fi

# The AsyncAPI 3 schema comes from its own package.
if [ ! -d tests/node_modules/@asyncapi/specs ]; then
    npm ci --prefix tests --ignore-scripts --no-audit --no-fund --silent
fi
