#!/bin/sh
# Any nuomone-kiosk command with this device's settings, as the user that the rating screen runs as.
set -eu

if [ "$(id -u)" != 0 ]; then
    echo "Run this as root: sudo nuomone-kiosk $*" >&2
    exit 1
fi
export NUOMONE_DATA=/var/lib/nuomone DISPLAY=:0 XAUTHORITY=/run/nuomone-session/authority
set -a
# shellcheck source=deploy/kiosk/kiosk.env
. /etc/nuomone/kiosk.env
set +a
cd /var/lib/nuomone
runuser -u nuomone -- /opt/nuomone/venv/bin/nuomone-kiosk "$@"
# Whoever has become a kiosk here begins as one.
[ "${1:-}" != enrol ] || systemctl restart nuomone-kiosk
