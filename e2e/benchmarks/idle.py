#!/usr/bin/env python3
"""Processor time of an idle local system, and how long it takes to stop.

  idle.py [--settle 60] [--seconds 60] [--json FILE]

Starts `fq up` with 2 workers on private data, without jobs, waits until its compilers are done, and reads what every thread ran from
/proc/PID/task/*/schedstat, in which other processes' load shows only as dearer wake-ups. Settings are taken from the environment.
"""
import argparse
import collections
import json
import pathlib
import signal
import tempfile
import time

from cpu_table import family, running


def ran(root):
    """Milliseconds that the threads of every process below root ran, by the process's name."""
    total = collections.Counter()
    for pid, name in family(root).items():
        for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                total[name] += int(task.read_text().split()[0]) / 1e6
            except OSError:
                pass
    return total


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--settle", type=float, default=60)
    a.add_argument("--seconds", type=float, default=60)
    a.add_argument("--json")
    a = a.parse_args()
    with tempfile.TemporaryDirectory() as data, running(data) as (up, _):
        time.sleep(a.settle)
        before, begin = ran(up.pid), time.monotonic()
        time.sleep(a.seconds)
        after, seconds = ran(up.pid), time.monotonic() - begin
        up.send_signal(signal.SIGINT)
        stopping = time.monotonic()
        up.wait(60)
        stopped = time.monotonic() - stopping
    report = {name: round((after[name] - before[name]) / seconds, 1) for name in after}
    report |= {"all": round(sum(report.values()), 1), "stop_s": round(stopped, 2)}
    for name, value in sorted(report.items(), key=lambda item: -item[1]):
        print(f"{name:20} {value:6.1f}")
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps(report))


if __name__ == "__main__":
    main()
