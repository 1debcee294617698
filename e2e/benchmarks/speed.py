#!/usr/bin/env python3
"""Speed against plain programs, as ratios: us and each peer in turn on the same video, so that a drifting machine hits all.

  speed.py VIDEO MODEL.onnx MODEL_REPOSITORY MODEL_NAME [--pairs 5] [--json FILE]

Us, with 2 workers, twice: a job on a running system (fq up, begun anew for each pair and given the video once before), and
fq detect, whose processes have just started and compile while they work. Both count the job's own frames per second, from
submission to last result. Peers (from the opened video to the last line, imports and model loading excluded): the plain
program with onnxruntime's default threads, and two one-thread programs with half the video each, together until the later
one ends. In addition, the wall time of whole commands: fq detect with that running system, relative to the two programs, start included.
Needs numpy, opencv-python-headless and onnxruntime in the Python that runs it.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from cpu_table import call, running

HERE = pathlib.Path(__file__).resolve().parent
FQ = HERE.parent.parent / "fq"


def detect(a, out):
    done = subprocess.run(
        [FQ, "detect", "--private", a.video, "--model", a.name, "--model-repository", a.repository, "--workers", "2", "-o", out / "us.jsonl.gz", "--json"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=600)
    return json.loads(done.stdout)["fps"]


walls = {"fq detect with a system up": [], "two one-thread programs": []}


def service(a, out):
    # On the default data folder of a state folder of its own, where fq detect finds it.
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(dir=out)
    with running(os.environ["XDG_STATE_HOME"] + "/framequota/up", "--model-repository", a.repository) as (_, url):
        for _ in ("compiles", "counts"):
            job = subprocess.run([FQ, "submit", a.video, "--model", a.name, "--server", url], check=True, text=True,
                                 stdout=subprocess.PIPE, timeout=60).stdout.split()[0]
            done = call(url, f"/api/v1/jobs/{job}")
            while done["state"] in ("QUEUED", "RUNNING"):
                time.sleep(0.5)
                done = call(url, f"/api/v1/jobs/{job}")
        begin = time.monotonic()
        shared = subprocess.run([FQ, "detect", a.video, "--model", a.name, "-o", out / "shared.jsonl.gz"],
                                check=True, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=600)
        walls["fq detect with a system up"].append(time.monotonic() - begin)
        if url not in shared.stderr:
            sys.exit("fq detect did not use the running system: " + shared.stderr)
        return done["fps"]


def plain(a, out):
    done = subprocess.run([sys.executable, HERE / "peer_detector.py", a.video, a.model, out / "plain.jsonl"],
                          check=True, stdout=subprocess.PIPE, timeout=600)
    return json.loads(done.stdout)["fps"]


def halves(a, out):
    begin = time.monotonic()
    parts = [subprocess.Popen([sys.executable, HERE / "peer_detector.py", a.video, a.model, out / f"half{k}.jsonl", "--threads", "1", "--part", f"{k}/2"],
                              stdout=subprocess.PIPE) for k in (1, 2)]
    results = [json.loads(p.communicate(timeout=600)[0]) for p in parts]
    walls["two one-thread programs"].append(time.monotonic() - begin)
    return sum(r["frames"] for r in results) / max(r["seconds"] for r in results)


def spread(values, digits):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("video")
    a.add_argument("model")
    a.add_argument("repository")
    a.add_argument("name")
    a.add_argument("--pairs", type=int, default=5)
    a.add_argument("--json")
    a = a.parse_args()
    us = {"framequota, a running system": service, "framequota, fq detect": detect}
    peers = {"plain, default threads": plain, "two one-thread programs": halves}
    runs = us | peers
    fps = {name: [] for name in runs}
    with tempfile.TemporaryDirectory() as folder:
        for pair in range(a.pairs):
            # The order turns with every pair: nobody always runs on the heat of the same neighbour.
            names = list(runs)
            for name in names[pair % len(names):] + names[:pair % len(names)]:
                fps[name].append(runs[name](a, pathlib.Path(folder)))
                print(f"pair {pair + 1}: {name}: {fps[name][-1]:.1f} fps", file=sys.stderr, flush=True)
                time.sleep(1)
    report = {"pairs": a.pairs, "fps": fps, "ratios": {}, "wall_seconds": walls}
    print("| | frames/s | " + " | ".join(f"/ {peer}" for peer in peers) + " |\n|---|---|" + "---|" * len(peers))
    for name, values in fps.items():
        ratios = {peer: [v / p for v, p in zip(values, fps[peer])] for peer in peers} if name in us else {}
        report["ratios"] |= {f"{name} / {peer}": r for peer, r in ratios.items()}
        print(f"| {name} | {spread(values, 1)} | " + " | ".join(spread(ratios[p], 2) if ratios else "" for p in peers) + " |")
    shared, peer = walls.values()
    print(f"wall time of fq detect with a system up: {spread(shared, 1)} s, / two one-thread programs: "
          + spread([s / p for s, p in zip(shared, peer)], 2))
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
