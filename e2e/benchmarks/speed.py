#!/usr/bin/env python3
"""Speed against plain programs, as ratios: us and each peer in turn on the same video, so that a drifting machine hits all.

  speed.py VIDEO MODEL.onnx MODEL_REPOSITORY MODEL_NAME [--pairs 5] [--json FILE]

Us: fq detect with 2 workers (its own fps: submission to last result, start-up excluded). Peers (from the opened video to
the last line, imports and model loading excluded): the plain program with onnxruntime's default threads, and two
one-thread programs with half the video each, together until the later one ends. Needs numpy, opencv-python-headless and
onnxruntime in the Python that runs it.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
FQ = HERE.parent.parent / "fq"


def us(a, out):
    done = subprocess.run(
        [FQ, "detect", a.video, "--model", a.name, "--model-repository", a.repository, "--workers", "2", "-o", out / "us.jsonl.gz", "--json"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=600)
    return json.loads(done.stdout)["fps"]


def plain(a, out):
    done = subprocess.run([sys.executable, HERE / "peer_detector.py", a.video, a.model, out / "plain.jsonl"],
                          check=True, stdout=subprocess.PIPE, timeout=600)
    return json.loads(done.stdout)["fps"]


def halves(a, out):
    parts = [subprocess.Popen([sys.executable, HERE / "peer_detector.py", a.video, a.model, out / f"half{k}.jsonl", "--threads", "1", "--part", f"{k}/2"],
                              stdout=subprocess.PIPE) for k in (1, 2)]
    results = [json.loads(p.communicate(timeout=600)[0]) for p in parts]
    return sum(r["frames"] for r in results) / max(r["seconds"] for r in results)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("video")
    a.add_argument("model")
    a.add_argument("repository")
    a.add_argument("name")
    a.add_argument("--pairs", type=int, default=5)
    a.add_argument("--json")
    a = a.parse_args()
    runs = {"framequota": us, "plain, default threads": plain, "two one-thread programs": halves}
    fps = {name: [] for name in runs}
    with tempfile.TemporaryDirectory() as folder:
        for pair in range(a.pairs):
            # The order turns with every pair: nobody always runs on the heat of the same neighbour.
            names = list(runs)
            for name in names[pair % 3:] + names[:pair % 3]:
                fps[name].append(runs[name](a, pathlib.Path(folder)))
                print(f"pair {pair + 1}: {name}: {fps[name][-1]:.1f} fps", file=sys.stderr, flush=True)
                time.sleep(1)
    report = {"pairs": a.pairs, "fps": fps, "ratios": {}}
    print("| | fps, median (min-max) | framequota / it, median (min-max) |\n|---|---|---|")
    for name, values in fps.items():
        ratios = sorted(u / v for u, v in zip(fps["framequota"], values))
        report["ratios"][name] = ratios
        print(f"| {name} | {statistics.median(values):.1f} ({min(values):.1f}-{max(values):.1f}) "
              f"| {statistics.median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f}) |")
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
