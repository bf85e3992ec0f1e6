#!/bin/sh
# Install the course for a hub: two environments, so that no student's server can read an answer.
#   deploy/install.sh COURSE [PREFIX]
# COURSE is a clone of the course. PREFIX (/opt/colouring) gets
#   grader/    the grader with its solutions and checks, nbgrader, the hub; only root and the group `instructors` may enter
#   students/  the lessons' packages, JupyterLab, nbgrader's list of assignments; nothing of the course
set -eu
umask 022
course=$(cd "$1" && pwd)
prefix=${2:-/opt/colouring}
python=${PYTHON:-python3}
hub='jupyterhub>=5.2,<6'
pip() { env=$1; shift; "$prefix/$env/bin/python" -m pip install --quiet --no-input --disable-pip-version-check "$@"; }

mkdir -p "$prefix"
# Before anything is in it.
mkdir -p -m 750 "$prefix/grader"
getent group instructors >/dev/null 2>&1 && chgrp instructors "$prefix/grader"
"$python" -m venv "$prefix/grader"
pip grader -c "$course/constraints.txt" "$course[networks,nbgrader]" "$hub"
chmod 750 "$prefix/grader"

# The students' requirements are those of their repository.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(cd "$scratch" && AUTOGRADER_COURSE= "$prefix/grader/bin/autograder" publish "$scratch/students" >/dev/null)
"$python" -m venv "$prefix/students"
pip students -c "$course/constraints.txt" -r "$scratch/students/requirements.txt" nbgrader "$hub"

# Students have the list of assignments and the Validate button; instructors the formgrader as well.
for extension in formgrader course_list create_assignment; do
    "$prefix/students/bin/jupyter" server extension disable --sys-prefix "nbgrader.server_extensions.$extension" >/dev/null
done
if grep -rqs answers-of-the-colouring-course- "$prefix/students"; then
    echo "$prefix/students holds answers or checks: nothing is installed." >&2
    exit 1
fi
echo "$prefix: grader and students are installed."
