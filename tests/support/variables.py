"""The variables of the environment that Python, pytest and libraries read, with what a grade must be under each."""

from __future__ import annotations

MIRROR_WRONG = "# ✏️ Answer: mirror\ndef mirror(grid):\n    return grid"


SCORES = {"right": 10.0, "wrong": 5.0, "blank": 0.0}


REFUSED = "refused"  # in one line, by the grader


NOT_STARTED = "Python itself does not start with it, or does not find its packages"


# What of Python's own variables comes out; a value that could hurt most.
PYTHON = {
    "PYTHONOPTIMIZE": ("2", REFUSED),
    "PYTHONINSPECT": ("1", REFUSED),
    "PYTHONHOME": ("/nowhere", NOT_STARTED),
    "PYTHONPLATLIBDIR": ("nowhere", NOT_STARTED),
    "PYTHONSTARTUP": ("/nowhere.py", SCORES),
    "PYTHONPATH": ("{folder}/path", SCORES),
    "PYTHONCASEOK": ("1", SCORES),
    "PYTHONUTF8": ("0", SCORES),
    "PYTHONIOENCODING": ("ascii:strict", SCORES),
    "PYTHONFAULTHANDLER": ("1", SCORES),
    "PYTHONHASHSEED": ("0", SCORES),
    "PYTHONINTMAXSTRDIGITS": ("640", SCORES),
    "PYTHONMALLOC": ("debug", SCORES),
    "PYTHONMALLOCSTATS": ("1", SCORES),
    "PYTHONCOERCECLOCALE": ("0", SCORES),
    "PYTHONBREAKPOINT": ("os.abort", SCORES),
    "PYTHONDEVMODE": ("1", SCORES),
    "PYTHONASYNCIODEBUG": ("1", SCORES),
    "PYTHONTRACEMALLOC": ("5", SCORES),
    "PYTHONPYCACHEPREFIX": ("{folder}/cache", SCORES),
    "PYTHONWARNDEFAULTENCODING": ("1", SCORES),
    "PYTHONNODEBUGRANGES": ("1", SCORES),
    "PYTHONDEBUG": ("1", SCORES),
    "PYTHONDONTWRITEBYTECODE": ("", SCORES),
    "PYTHONNOUSERSITE": ("1", SCORES),
    "PYTHONSAFEPATH": ("1", SCORES),
    "PYTHONUNBUFFERED": ("1", SCORES),
    "PYTHONVERBOSE": ("1", SCORES),
    "PYTHONPROFILEIMPORTTIME": ("1", SCORES),
    "PYTHONWARNINGS": ("error", SCORES),
    "PYTHONTZPATH": ("", SCORES),
    "PYTHONPERFSUPPORT": ("1", SCORES),
    "PYTHONEXECUTABLE": ("/nowhere", NOT_STARTED),
    "PYTHON_GIL": ("1", SCORES),
    "PYTHON_CPU_COUNT": ("1", SCORES),
    "PYTHON_FROZEN_MODULES": ("off", SCORES),
    "PYTHON_COLORS": ("1", SCORES),
    "PYTHON_HISTORY": ("/nowhere", SCORES),
    "PYTHON_BASIC_REPL": ("1", SCORES),
    "PYTHON_PERF_JIT_SUPPORT": ("0", SCORES),
    "PYTHON_PRESITE": ("nowhere", SCORES),
}


PYTEST = {
    "PYTEST_ADDOPTS": "-k nothing -x -v --collect-only --color=yes -p no:python",
    "PYTEST_PLUGINS": "a_plugin_that_is_missing",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "0",
    "PYTEST_DEBUG": "1",
    "PYTEST_DEBUG_TEMPROOT": "/nowhere",
    "PYTEST_CURRENT_TEST": "another.py::test",
    "PYTEST_VERSION": "1",
    "PYTEST_THEME": "nonsense",
    "PYTEST_THEME_MODE": "nonsense",
    "PY_COLORS": "1",
}


NOT_READ = {"PYTEST_DONT_REWRITE", "PYTEST_TAG"}  # names in pytest's source that are no variables of the environment


LIBRARIES = {
    "MPLBACKEND": "nonsense",
    "MATPLOTLIBRC": "{folder}/nonsense",
    "MPLCONFIGDIR": "/proc/nowhere",
    "KERAS_BACKEND": "torch",
    "KERAS_HOME": "{folder}/keras",
    "KERAS_CONFIG": "nonsense",
    "TF_USE_LEGACY_KERAS": "1",
    "TF_XLA_FLAGS": "--nonsense",
    "XLA_FLAGS": "--nonsense",
    "TF_CPP_MIN_LOG_LEVEL": "0",
    "TF_DETERMINISTIC_OPS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_NUM_INTRAOP_THREADS": "nonsense",
    "CUDA_VISIBLE_DEVICES": "7",
    "OMP_NUM_THREADS": "nonsense",
    "NPY_PROMOTION_STATE": "legacy",
    "SKIMAGE_DATADIR": "/nowhere",
    "JUPYTER_PLATFORM_DIRS": "0",
    "JUPYTER_CONFIG_DIR": "{folder}/jupyter",
    "JUPYTER_CONFIG_PATH": "{folder}/jupyter",
    "JUPYTER_DATA_DIR": "/nowhere",
    "JUPYTER_PATH": "/nowhere",
    "JUPYTER_RUNTIME_DIR": "/proc/nowhere",
    "JUPYTER_NO_CONFIG": "",
    "IPYTHONDIR": "{folder}/ipython",
    "JPY_PARENT_PID": "1",
    "NBGRADER_EXECUTION": "validate",
    "PIP_INDEX_URL": "http://127.0.0.1:9",
    "PIP_TARGET": "{folder}/pip",
    "PIP_REQUIRE_VIRTUALENV": "1",
}


MACHINE = {
    "LANG": "C",
    "LC_ALL": "POSIX",
    "LC_NUMERIC": "de_DE.UTF-8",
    "LANGUAGE": "tlh",
    "TZ": "Pacific/Kiritimati",
    "COLUMNS": "1",
    "TERM": "dumb",
    "NO_COLOR": "1",
    "FORCE_COLOR": "1",
    "CI": "true",
    "TMPDIR": "{folder}/" + "a-very-long-name-of-a-folder" * 5,
    "HOME": "/proc/nowhere",
    "XDG_CACHE_HOME": "/proc/nowhere",
    "XDG_CONFIG_HOME": "/proc/nowhere",
    "SHELL": "/bin/false",
    "EDITOR": "false",
    "LD_LIBRARY_PATH": "/nowhere",
    "USER": "",
    "LOGNAME": "",
}


# Environments as a whole, in place of the one at hand. {base} is what the tests themselves need.
WHOLE = {
    "env -i": {},
    "cron": {"SHELL": "/bin/sh", "PATH": "/usr/bin:/bin", "HOME": "/root", "LOGNAME": "root", "LANG": ""},
    "systemd": {"LANG": "C.UTF-8", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "INVOCATION_ID": "0"},
}


HARMLESS = {name: value for name, (value, wanted) in PYTHON.items() if wanted == SCORES}
