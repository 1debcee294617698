#!/usr/bin/env python3
"""Seconds from the command to a system that is ready, and to the first grant of a video that is uploaded at once.

  start.py VIDEO [--model people] [--model-repository DIR] [--rounds 5] [--json FILE]

Each round is `fq up` with 2 workers on new data, with what is built and recorded; the peer in the same round is a JVM that
prints its version, so that a slow machine shows in both.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

from cpu_table import FQ, call, running


def jvm():
    begin = time.monotonic()
    subprocess.run([FQ, "--version"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    return time.monotonic() - begin


def start(a, data):
    repository = ["--model-repository", a.model_repository] if a.model_repository else []
    begin = time.monotonic()
    with running(data, *repository) as (_, url):
        ready = time.monotonic() - begin
        subprocess.run(["curl", "-sf", "-F", f"file=@{a.video}", "-F", f"model={a.model}", url + "/api/v1/jobs"],
                       check=True, stdout=subprocess.DEVNULL, timeout=60)
        while not call(url, "/api/v1/decisions")["decisions"]:
            time.sleep(0.02)
        return ready, time.monotonic() - begin


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("video")
    a.add_argument("--model", default="people")
    a.add_argument("--model-repository")
    a.add_argument("--rounds", type=int, default=5)
    a.add_argument("--json")
    a = a.parse_args()
    rows = {"ready": [], "first grant": [], "a JVM that prints its version": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(a.rounds):
            ready, granted = start(a, tempfile.mkdtemp(dir=folder))
            for name, seconds in zip(rows, (ready, granted, jvm())):
                rows[name].append(seconds)
    for name, seconds in rows.items():
        print(f"{name}: {statistics.median(seconds):.2f} s ({min(seconds):.2f}-{max(seconds):.2f})")
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
