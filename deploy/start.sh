#!/bin/sh
# Start the hub on the course that is mounted at /srv/instructors/course: what the image's container runs.
set -eu
umask 022
prefix=${1:-/opt/colouring}
course=/srv/instructors/course
if [ ! -f "$course/nbgrader_config.py" ] || [ ! -f "$course/pyproject.toml" ]; then
    echo "$course: the course's repository is not mounted here; compose.yaml does it." >&2
    exit 1
fi
if [ "$(stat -c %u "$course")" -eq 0 ]; then
    echo "$course belongs to root, and nothing is graded as root. On the host: chown -R 1000:1000 FOLDER, or whoever you are." >&2
    exit 1
fi
# Nobody else looks into the course, whatever its own permissions are.
group=$(stat -c %g "$course")
[ "$group" -eq 0 ] || groupmod --non-unique --gid "$group" instructors
chgrp instructors /srv/instructors "$prefix/grader"
chmod 750 /srv/instructors "$prefix/grader"
# The grader is the course that is mounted: a change of a check counts at once, and the image holds nothing of it.
PYTHONDONTWRITEBYTECODE=1 "$prefix/grader/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
    --root-user-action ignore --no-deps --no-index --no-build-isolation --editable "$course"
# What a wheel carries of the answers, pip copies here as well; the grader reads the mounted ones.
rm -rf "$prefix"/grader/lib/python3*/site-packages/autograder
exec "$prefix/grader/bin/jupyterhub" -f /etc/jupyterhub/jupyterhub_config.py
