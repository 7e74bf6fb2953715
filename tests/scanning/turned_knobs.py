"""Turns knobs of SANE's test device in mid-stack: the real python-sane under another module's name.

A folder with a small `sane.py` goes on the driver process's path. It loads the real one, and before a
chosen page sets an option, takes the device off the list, or hangs.
"""

from __future__ import annotations

import json
from pathlib import Path

_WRAPPER = """
import importlib.machinery, importlib.util, os, sys, threading
here = os.path.dirname(os.path.abspath(__file__))
elsewhere = [path for path in sys.path if os.path.abspath(path or ".") != here]
spec = importlib.machinery.PathFinder.find_spec("sane", elsewhere)
real = importlib.util.module_from_spec(spec)
spec.loader.exec_module(real)
knobs = KNOBS
get_devices, init = real.get_devices, real.init
gone = False

def open(name):
    device = real.open(name)
    start, started = device.start, []

    def counted():
        global gone
        started.append(1)
        if len(started) == knobs.get("page"):
            for option, value in knobs.get("set", {}).items():
                setattr(device, option, value)
            gone = knobs.get("gone", False)
            if knobs.get("hang"):
                threading.Event().wait()
        return start()

    device.start = counted
    return device

def get_devices(*arguments):
    if knobs.get("hang_listing"):
        threading.Event().wait()
    return [] if gone else real.get_devices(*arguments)
"""


def turn(folder: Path, **knobs: object) -> str:
    """Write the module; return the value of PYTHONPATH that lets drivers find it."""
    home = folder / "knobs"
    home.mkdir()
    (home / "sane.py").write_text(_WRAPPER.replace("KNOBS", repr(json.loads(json.dumps(knobs)))))
    return str(home)
