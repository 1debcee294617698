#!/usr/bin/env python3
"""Seconds from the command to a system that is ready, to the first grant of a video that is uploaded then, and until
all workers are ready.

  start.py VIDEO [--model people] [--model-repository DIR] [--rounds 5] [--json FILE]

Each round is `fq up` with 2 workers on new data, with what is built and recorded; the peer in the same round is a JVM that
prints its version, so that a slow machine shows in both.
"""
import argparse
import json
import pathlib
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.request

from cpu_table import FQ, call, free_port


def jvm():
    begin = time.monotonic()
    subprocess.run([FQ, "--version"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    return time.monotonic() - begin


def answers(url):
    try:
        with urllib.request.urlopen(url + "/q/health/ready", timeout=5):
            return True
    except OSError:
        return False


def start(a, data):
    repository = ["--model-repository", a.model_repository] if a.model_repository else []
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    begin = time.monotonic()
    up = subprocess.Popen([FQ, "up", "--workers", "2", "--data", data, "--port", str(port), *repository],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        while not answers(url):
            time.sleep(0.02)
        ready = time.monotonic() - begin
        subprocess.run(["curl", "-sf", "-F", f"file=@{a.video}", "-F", f"model={a.model}", url + "/api/v1/jobs"],
                       check=True, stdout=subprocess.DEVNULL, timeout=60)
        while not call(url, "/api/v1/decisions")["decisions"]:
            time.sleep(0.02)
        granted = time.monotonic() - begin
        up.stdout.readline()
        return ready, granted, time.monotonic() - begin
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(60)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("video")
    a.add_argument("--model", default="people")
    a.add_argument("--model-repository")
    a.add_argument("--rounds", type=int, default=5)
    a.add_argument("--json")
    a = a.parse_args()
    rows = {"ready": [], "first grant": [], "all workers": [], "a JVM that prints its version": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(a.rounds):
            for name, seconds in zip(rows, (*start(a, tempfile.mkdtemp(dir=folder)), jvm())):
                rows[name].append(seconds)
    for name, seconds in rows.items():
        print(f"{name}: {statistics.median(seconds):.2f} s ({min(seconds):.2f}-{max(seconds):.2f})")
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
