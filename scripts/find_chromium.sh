#!/usr/bin/env bash
# Print the path of a Chromium for the browser tests: one that is there, else one that can be installed.
# Prints nothing where there is none: the tests are then skipped, loudly; with CI set that is a failure.
#   find_chromium.sh PYTHON
set -euo pipefail
python=$1

present() {
    local name
    if [ -n "${QUAYSIDE_CHROMIUM:-}" ]; then
        echo "$QUAYSIDE_CHROMIUM"
        return 0
    fi
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name"; then return 0; fi
    done
    for name in "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        if [ -x "$name" ]; then
            echo "$name"
            return 0
        fi
    done
    name=$("$python" -c 'from playwright.sync_api import sync_playwright as s
with s() as p: print(p.chromium.executable_path)' 2>/dev/null) || return 1
    [ -x "$name" ] && echo "$name"
}

through_apt() {
    local admin=
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        admin=sudo
    fi
    echo "No Chromium yet: installing it with apt-get…" >&2
    { $admin apt-get update -qq && DEBIAN_FRONTEND=noninteractive $admin apt-get install -qq -y chromium; } >/dev/null 2>&1
}

through_playwright() {
    echo "No Chromium yet: asking Playwright for its own…" >&2
    "$python" -m playwright install chromium >/dev/null 2>&1
}

if present; then exit 0; fi
if { through_apt || through_playwright; } && present; then exit 0; fi

cat >&2 <<'EOF'

  *********************************************************************************
  *  NO CHROMIUM: the browser tests cannot run, and what they hold is NOT checked. *
  *  Install Chromium or Google Chrome, or say where one is:                       *
  *      make test QUAYSIDE_CHROMIUM=/path/to/chromium                             *
  *********************************************************************************

EOF
if [ -n "${CI:-}" ]; then exit 1; fi
