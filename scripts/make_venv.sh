#!/usr/bin/env bash
# Make the virtual environment with the first Python that will do, and say what to type when none will.
#   make_venv.sh DIRECTORY [PYTHON]
set -euo pipefail
venv=$1 asked=${2:-}

will_do() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1; }

python=
for candidate in ${asked:-python3.13 python3.12 python3.11 python3 python}; do
    if command -v "$candidate" >/dev/null 2>&1 && will_do "$candidate"; then
        python=$(command -v "$candidate")
        break
    fi
done
if [ -z "$python" ]; then
    echo "Quayside needs Python 3.11, 3.12 or 3.13${asked:+, and $asked is none of them}." >&2
    echo "If it has a name of its own:  make run PYTHON=/path/to/python3" >&2
    exit 1
fi

# Debian splits ensurepip off into a package of its own, and a fresh system lacks it.
if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    package="$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    admin=
    if [ "$(id -u)" -ne 0 ]; then admin=sudo; fi
    if command -v apt-get >/dev/null 2>&1 && { [ -z "$admin" ] || sudo -n true 2>/dev/null; }; then
        echo "Installing $package, which $python needs to make a virtual environment…"
        $admin apt-get update -qq && DEBIAN_FRONTEND=noninteractive $admin apt-get install -qq -y "$package" >/dev/null
    else
        echo "$python cannot make a virtual environment: its module ensurepip is missing. Type this, then try again:" >&2
        echo "    ${admin:+$admin }apt-get install $package" >&2
        exit 1
    fi
fi

echo "Making $venv with $("$python" --version)…"
"$python" -m venv --clear "$venv"
