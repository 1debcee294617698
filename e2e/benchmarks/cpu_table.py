#!/usr/bin/env python3
"""CPU milliseconds per frame of every process and thread of a running local system while it serves one video.

  cpu_table.py VIDEO MODEL_REPOSITORY MODEL_NAME [--jobs 2] [--threads 3] [--json FILE]

Starts `fq up` with 2 workers and private data, submits the video --jobs times, one after another, and reads the processor
time of every process of that system from /proc just before the submission and just after the last result. The first job
meets JVMs that have just started, as in `fq detect`; later ones show what is left when everything is compiled. The stages
(decode, model, overhead) are the ones of the job's own summary: busy processor seconds, summed over processes.
"""
import argparse
import collections
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
# FQ names the fq of another build, to compare with.
FQ = pathlib.Path(os.environ.get("FQ", HERE.parent.parent / "fq"))
TICK = 1000 / os.sysconf("SC_CLK_TCK")


def stat(path):
    """Name and processor milliseconds of a process or thread, and its parent."""
    text = path.read_text()
    name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
    return name, (int(rest[11]) + int(rest[12])) * TICK, int(rest[1])


def family(root):
    """Every process below root, by pid, with a name that people know."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = stat(entry / "stat")[2]
            except OSError:
                pass
    names = {}
    for pid in parents:
        above = pid
        while above not in (0, root):
            above = parents.get(above, 0)
        if above == root:
            try:
                names[pid] = kind(pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(), pid == root)
            except OSError:
                pass
    return names


def kind(command, root):
    if root:
        return "fq"
    for name in ("ingest-service", "inference-service", "inference-server", "scheduler"):
        if name in command:
            return name
    return "broker" if "BrokerMain" in command else "database" if "postgres" in command else "fq"


def reading(root):
    processes, threads = collections.Counter(), collections.Counter()
    for pid, name in family(root).items():
        try:
            processes[name] += stat(pathlib.Path(f"/proc/{pid}/stat"))[1]
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                thread, used, _ = stat(task / "stat")
                threads[name, thread.rstrip("0123456789-# ")] += used
        except OSError:
            pass
    return processes, threads


def call(url, path, body=None):
    request = urllib.request.Request(url + path, data=body and json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def running(data, *options):
    """The process and the URL of `fq up` with 2 workers on this data, until the end of the block."""
    up = subprocess.Popen([FQ, "up", "--workers", "2", "--data", data, "--port", str(free_port()), *options],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield up, next(word for word in up.stdout.readline().split() if word.startswith("http"))
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(60)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("video")
    a.add_argument("repository")
    a.add_argument("name")
    a.add_argument("--jobs", type=int, default=2)
    a.add_argument("--threads", type=int, default=3, help="how many threads of each process to show")
    a.add_argument("--json")
    a = a.parse_args()
    report = []
    with tempfile.TemporaryDirectory() as data, running(data, "--model-repository", a.repository) as (up, url):
        for number in range(1, a.jobs + 1):
            before, begin = reading(up.pid), time.monotonic()
            job = subprocess.run([FQ, "submit", a.video, "--model", a.name, "--server", url], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout.split()[0]
            while call(url, f"/api/v1/jobs/{job}")["state"] in ("QUEUED", "RUNNING"):
                time.sleep(0.2)
            took, after = time.monotonic() - begin, reading(up.pid)
            report.append(show(number, call(url, f"/api/v1/jobs/{job}"), took, before, after, a.threads))
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps(report, indent=1))


def show(number, job, took, before, after, most):
    frames = job["frames"]
    processes = {name: (after[0][name] - before[0][name]) / frames for name in after[0]}
    print(f"job {number}: {job['state']}, {frames} frames, {frames / took:.1f} frames/s; CPU ms per frame, all processes: {sum(processes.values()):.2f}")
    for name, used in sorted(processes.items(), key=lambda p: -p[1]):
        threads = collections.Counter({t: (after[1][n, t] - before[1][n, t]) / frames for n, t in after[1] if n == name})
        print(f"  {name:18} {used:6.2f}   " + ", ".join(f"{t} {u:.2f}" for t, u in threads.most_common(most)))
    stages = {k: 1000 * job[k + "_seconds"] / frames for k in ("decode", "model", "overhead") if k + "_seconds" in job}
    print("  stages: " + ", ".join(f"{k} {v:.2f}" for k, v in stages.items()), flush=True)
    return {"job": number, "frames": frames, "seconds": took, "processes": processes, "stages": stages}


if __name__ == "__main__":
    main()
