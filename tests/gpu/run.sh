#!/usr/bin/env bash
# Measures the training engine on a GPU, in the project's root: at most 8 minutes. README.md beside this file says how.
# Lines go to $OUT, or to build/gpu. Other arguments than the usual ones are passed on to measure.py.
set -u
cd "$(dirname "$0")/../.."
out=${OUT:-build/gpu}
mkdir -p "$out"
python=${PYTHON:-python3}
if compgen -G ".gpu/whl/*.whl" >/dev/null; then
  site=$(mktemp -d)
  "$python" -m pip install -q --no-index --no-deps --no-compile --no-cache-dir --target "$site" .gpu/whl/*.whl || exit 1
  export PYTHONPATH="$site${PYTHONPATH:+:$PYTHONPATH}"
fi
command -v nvidia-smi >/dev/null && nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader | tee "$out/card.txt"
status=0
for backend in ${BACKENDS:-jax torch}; do
  echo "== $backend"
  KERAS_BACKEND=$backend TF_CPP_MIN_LOG_LEVEL=3 timeout "${SECONDS_EACH:-230}" "$python" tests/gpu/measure.py "$@" \
    2>"$out/$backend.err" | tee "$out/$backend.jsonl"
  code=${PIPESTATUS[0]}
  if ((code != 0)); then
    echo "$backend ended with status $code; the last lines of $out/$backend.err:"
    tail -n 5 "$out/$backend.err"
    status=1
  fi
done
exit $status
