#!/bin/sh
# Makes a rating screen of a machine with Debian 12. As root, from a checkout; again after each update: it changes only what differs.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)

fail() { echo "$1" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "Run this as root: sudo $0"
command -v apt-get >/dev/null || fail "This is for Debian 12; see docs/kiosk.md for what to do elsewhere."

echo "Installing packages …"
apt-get update -q >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
    python3 python3-venv espeak-ng alsa-utils polkitd dbus systemd-timesyncd xauth \
    xserver-xorg-core xserver-xorg-input-libinput xserver-xorg-video-fbdev \
    libgl1 libgl1-mesa-dri libegl1 libgles2 libgbm1 libmtdev1 >/dev/null

echo "The user nuomone, and its folders …"
id nuomone >/dev/null 2>&1 || useradd --system --home-dir /var/lib/nuomone --shell /usr/sbin/nologin --user-group nuomone
install -d -m 0700 -o nuomone -g nuomone /var/lib/nuomone
install -d -m 0755 /opt/nuomone /usr/local/lib/nuomone /etc/X11/xorg.conf.d /etc/polkit-1/rules.d
install -d -m 0700 /etc/nuomone
[ -e /etc/nuomone/kiosk.env ] || install -m 0600 "$here/kiosk.env" /etc/nuomone/kiosk.env

echo "The program, into /opt/nuomone/venv …"
[ -x /opt/nuomone/venv/bin/python ] || python3 -m venv /opt/nuomone/venv
pip="/opt/nuomone/venv/bin/python -m pip --disable-pip-version-check -q install"
/opt/nuomone/venv/bin/python "$here/requirements.py" >/opt/nuomone/requirements.txt
$pip --require-hashes -r /opt/nuomone/requirements.txt
$pip --no-build-isolation --no-deps --force-reinstall "$source"

echo "Units, X and power …"
install -D -m 0644 "$source/docs/kiosk.md" /usr/share/doc/nuomone/kiosk.md
install -m 0644 "$here/nuomone-kiosk.service" "$here/nuomone-session.service" /etc/systemd/system/
install -m 0755 "$here/session" /usr/local/lib/nuomone/session
install -m 0755 "$here/nuomone-kiosk.sh" /usr/local/bin/nuomone-kiosk
install -m 0644 "$here/xorg.conf" /etc/X11/xorg.conf.d/50-nuomone.conf
install -m 0644 "$here/polkit.rules" /etc/polkit-1/rules.d/50-nuomone.rules
echo "kernel.sysrq = 0" >/etc/sysctl.d/50-nuomone.conf

systemctl daemon-reload
systemctl mask ctrl-alt-del.target
# Straight on the graphics card there is no X server, which would hold the card.
set -- nuomone-kiosk.service
grep -q "^SDL_VIDEODRIVER='kmsdrm'" /etc/nuomone/kiosk.env || set -- nuomone-session.service "$@"
systemctl enable "$@"
systemctl restart "$@"
echo "It runs. A new device asks on its screen for the server's address and its one-time code. Then: nuomone-kiosk pin, nuomone-kiosk check."
