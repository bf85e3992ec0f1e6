#!/bin/sh
# Install what the hub needs, as the image does: two environments, and nothing of the course itself.
#   deploy/install.sh [PREFIX]
# PREFIX (/opt/colouring) gets
#   grader/    what the grader needs, nbgrader, the hub; only root and the group `instructors` may enter. start.sh adds the course.
#   students/  the lessons' packages, JupyterLab, nbgrader's list of assignments
set -eu
umask 022
course=$(cd "$(dirname "$0")/.." && pwd)
prefix=${1:-/opt/colouring}
python=${PYTHON:-python3}
hub='jupyterhub>=5.2,<6'
pip() { env=$1; shift; "$prefix/$env/bin/python" -m pip install --quiet --no-input --disable-pip-version-check "$@"; }

getent group instructors >/dev/null || groupadd instructors
mkdir -p "$prefix"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$python" "$course/deploy/requirements.py" networks nbgrader build >"$scratch/grader.txt"

"$python" -m venv "$prefix/students"
pip students -c "$course/constraints.txt" -r "$course/deploy/students.txt" nbgrader "$hub"
"$python" -m venv "$prefix/grader"
pip grader -c "$course/constraints.txt" -r "$scratch/grader.txt" -r "$course/deploy/students.txt" "$hub" 'jupyterhub-nativeauthenticator>=1.3,<2'
chgrp instructors "$prefix/grader"
chmod 750 "$prefix/grader"

# Students have the list of assignments and the Validate button; instructors the formgrader as well.
for extension in formgrader course_list create_assignment; do
    "$prefix/students/bin/jupyter" server extension disable --sys-prefix "nbgrader.server_extensions.$extension" >/dev/null
done
for plugin in formgrader course-list create-assignment; do
    "$prefix/students/bin/jupyter" labextension disable --level=sys_prefix "@jupyter/nbgrader:$plugin" >/dev/null
done
mkdir -p /etc/jupyterhub /etc/jupyter
cp "$course/deploy/jupyterhub_config.py" /etc/jupyterhub/
cp "$course/deploy/nbgrader_config.py" /etc/jupyter/
echo "$prefix: grader and students are installed."
