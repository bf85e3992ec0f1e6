#!/usr/bin/env bash
# Gradescope runs this once, while it builds the container's image. AUTOGRADER_ROOT names another folder than /autograder.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
python=""
for version in 3.13 3.12 3.11; do
    if command -v "python$version" >/dev/null && "python$version" -c 'import ensurepip, venv' 2>/dev/null; then
        python="python$version"
        break
    fi
done
if [ -z "$python" ]; then
    apt-get update
    for version in 3.12 3.11 3.13; do
        if apt-get install -y "python$version" "python$version-venv"; then
            python="python$version"
            break
        fi
    done
fi
[ -n "$python" ] || { echo "There is no Python 3.11, 3.12 or 3.13 in this image: choose a newer Ubuntu." >&2; exit 1; }
"$python" -m venv "$root/venv"
"$root/venv/bin/pip" install --no-cache-dir -r "$root/source/requirements.txt"
# The lesson's own solution must pass; that it did is remembered in the image.
AUTOGRADER_PROVE=1 bash "$root/source/run_autograder"
