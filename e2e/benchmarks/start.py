#!/usr/bin/env python3
"""Seconds from the command to a system that is ready, to the first grant of a video that is uploaded then, and until
all workers are ready; and the memory of all its processes when it has been idle for a while.

  start.py VIDEO [--model people] [--model-repository DIR] [--workers 2] [--rounds 5] [--idle 20] [--against FQ] [--json FILE]

Each round is `fq up` on new data, with what is built and recorded; the peer in the same round is a JVM that prints its
version, so that a slow machine shows in both. With --against, the fq of another build takes turns. --workers takes several
numbers, as in 2,8: then the growth per worker is shown. Memory is that of a start without a job: the proportional set size
(smaps_rollup), in which a page that several processes share counts once.
"""
import argparse
import json
import os
import pathlib
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.request

from cpu_table import FQ, call, family, free_port


def jvm(fq):
    begin = time.monotonic()
    subprocess.run([fq, "--version"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    return time.monotonic() - begin


def answers(url):
    try:
        with urllib.request.urlopen(url + "/q/health/ready", timeout=5):
            return True
    except OSError:
        return False


def up(a, fq, workers):
    repository = ["--model-repository", a.model_repository] if a.model_repository else []
    port = free_port()
    data = tempfile.TemporaryDirectory()
    process = subprocess.Popen([fq, "up", "--workers", str(workers), "--data", data.name, "--port", str(port), *repository],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return process, data, f"http://127.0.0.1:{port}"


def down(process, data):
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    data.cleanup()


def start(a, fq, workers):
    begin = time.monotonic()
    process, data, url = up(a, fq, workers)
    try:
        while not answers(url):
            time.sleep(0.02)
        ready = time.monotonic() - begin
        subprocess.run(["curl", "-sf", "-F", f"file=@{a.video}", "-F", f"model={a.model}", url + "/api/v1/jobs"],
                       check=True, stdout=subprocess.DEVNULL, timeout=60)
        while not call(url, "/api/v1/decisions")["decisions"]:
            time.sleep(0.02)
        granted = time.monotonic() - begin
        process.stdout.readline()
        return {"ready, s": ready, "first grant, s": granted, "all workers, s": time.monotonic() - begin}
    finally:
        down(process, data)


def pss(pid):
    """MB"""
    try:
        lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
    except OSError:
        return 0


def idle(a, fq, workers):
    process, data, _ = up(a, fq, workers)
    try:
        process.stdout.readline()
        time.sleep(a.idle)
        memory = {}
        for pid, name in family(process.pid).items():
            memory[name] = memory.get(name, 0) + pss(pid)
        return memory
    finally:
        down(process, data)


def spread(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("video")
    a.add_argument("--model", default="people")
    a.add_argument("--model-repository")
    a.add_argument("--workers", default="2")
    a.add_argument("--rounds", type=int, default=5)
    a.add_argument("--idle", type=float, default=20)
    a.add_argument("--against")
    a.add_argument("--json")
    a = a.parse_args()
    builds = {"this build": FQ} | ({"the other build": pathlib.Path(a.against).resolve()} if a.against else {})
    numbers = [int(n) for n in a.workers.split(",")]
    rows = []
    for number in range(a.rounds):
        order = list(builds.items())
        for build, fq in order if number % 2 == 0 else reversed(order):
            os.environ.pop("FQ_ROOT", None)
            for workers in numbers:
                row = {"build": build, "workers": workers, **start(a, fq, workers), "a JVM that prints its version, s": jvm(fq)}
                row["memory, MB"] = idle(a, fq, workers) if a.idle else {}
                row["all memory, MB"] = sum(row["memory, MB"].values())
                rows.append(row)
                print(json.dumps(row), flush=True)
    keys = [k for k in rows[0] if k not in ("build", "workers", "memory, MB")]
    medians = {}
    for build in builds:
        for workers in numbers:
            mine = [r for r in rows if r["build"] == build and r["workers"] == workers]
            print(f"{build}, {workers} workers")
            for key in keys:
                medians[build, workers, key] = statistics.median(r[key] for r in mine)
                print(f"  {key}: {spread([r[key] for r in mine])}")
            for name in sorted(mine[0]["memory, MB"]):
                print(f"    {name}: {spread([r['memory, MB'].get(name, 0) for r in mine])}")
        if len(numbers) > 1:
            grown = medians[build, numbers[-1], "all memory, MB"] - medians[build, numbers[0], "all memory, MB"]
            print(f"{build}: {grown / (numbers[-1] - numbers[0]):.1f} MB more for each further worker")
    if a.against:
        for workers in numbers:
            for key in keys:
                ratio = medians["this build", workers, key] / medians["the other build", workers, key]
                print(f"{workers} workers, {key}: {ratio:.2f} of the other build's")
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
