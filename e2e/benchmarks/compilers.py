#!/usr/bin/env python3
"""Quick compiler against full: CPU milliseconds and frames per second over a long run of one system.

  compilers.py VIDEO MODEL_REPOSITORY MODEL_NAME [--jobs 15] [--pairs 3] [--json FILE]

Each run is `fq up` with 2 workers on new data, which gets the video --jobs times, one after another. The runs of a pair
differ in FRAMEQUOTA_JIT and take turns in who is first. Shown are the first job, the last three, and the number of frames
after which the full compiler has cost less in total.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

from cpu_table import FQ, call, reading, running

CHOICES = ("quick", "full")


def run(a, jit):
    os.environ["FRAMEQUOTA_JIT"] = jit
    jobs = []
    with tempfile.TemporaryDirectory() as data, running(data, "--model-repository", a.repository) as (up, url):
        used = {}
        for _ in range(a.jobs):
            before = reading(up.pid)[0]
            job = subprocess.run([FQ, "submit", a.video, "--model", a.name, "--server", url], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout.split()[0]
            while (done := call(url, f"/api/v1/jobs/{job}"))["state"] in ("QUEUED", "RUNNING"):
                time.sleep(0.2)
            used = {name: ms - before[name] for name, ms in reading(up.pid)[0].items()}
            jobs.append({"frames": done["frames"], "fps": done["fps"], "model_ms": 1000 * done["model_seconds"], "cpu_ms": used})
    return jobs


def cpu(job):
    return sum(job["cpu_ms"].values())


def spread(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def break_even(quick, full):
    """Frames after which the full compiler has used less CPU time in total, None if it never has."""
    ahead, frames = 0.0, 0
    for q, f in zip(quick, full):
        frames += q["frames"]
        ahead += cpu(q) - cpu(f)
        if ahead > 0:
            return frames
    return None


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("video")
    a.add_argument("repository")
    a.add_argument("name")
    a.add_argument("--jobs", type=int, default=15)
    a.add_argument("--pairs", type=int, default=3)
    a.add_argument("--json")
    a = a.parse_args()
    runs = {jit: [] for jit in CHOICES}
    for pair in range(a.pairs):
        for jit in CHOICES if pair % 2 == 0 else reversed(CHOICES):
            runs[jit].append(run(a, jit))
            print(f"pair {pair + 1}, {jit}: CPU ms a frame by job: "
                  + " ".join(f"{cpu(j) / j['frames']:.1f}" for j in runs[jit][-1]), flush=True)
    for jit, all_jobs in runs.items():
        for what, part in (("first job", slice(0, 1)), ("last three jobs", slice(-3, None)), ("all jobs", slice(None))):
            chosen = [jobs[part] for jobs in all_jobs]
            per = [sum(map(cpu, jobs)) / sum(j["frames"] for j in jobs) for jobs in chosen]
            above = [sum(cpu(j) - j["model_ms"] for j in jobs) / sum(j["frames"] for j in jobs) for jobs in chosen]
            fps = [statistics.mean(j["fps"] for j in jobs) for jobs in chosen]
            print(f"{jit:5} {what:15} CPU ms a frame {spread(per)}, above the model {spread(above)}, frames/s {spread(fps)}")
    print("full has used less in total after", [break_even(*pair) for pair in zip(*runs.values())], "frames")
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps(runs, indent=1) + "\n")


if __name__ == "__main__":
    main()
