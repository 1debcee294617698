#!/usr/bin/env python3
"""1, 2, 4 and 8 clips at once: us under each simple policy beside a naive threaded server, in one run.

  concurrent_requests.py VIDEO MODEL.onnx MODEL_REPOSITORY MODEL_NAME [--rounds 3] [--counts 1,2,4,8] [--seconds 15] [--json FILE]

Clips are cut from VIDEO at different places. The naive server (peer_server.py) makes a thread and an onnxruntime session
per request, once with default threads and once with one thread each. Ours is one `fq up` with 2 workers that has served
one clip before. Mean response and makespan count from the moment before the first request is sent until the server says
that a clip was done: the naive one by its answer, ours by the job's own end. Needs numpy,
opencv-python-headless and onnxruntime in the Python that runs it.
"""
import argparse
import concurrent.futures
import contextlib
import datetime
import json
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import cv2

HERE = pathlib.Path(__file__).resolve().parent
FQ = HERE.parent.parent / "fq"
POLICIES = ["one-core-per-request", "divide-and-conquer", "one-request-at-a-time"]


def cut(video, folder, count, seconds):
    source = cv2.VideoCapture(video)
    fps, total = source.get(cv2.CAP_PROP_FPS), int(source.get(cv2.CAP_PROP_FRAME_COUNT))
    frames = min(int(seconds * fps), total // 2)
    paths = []
    for k in range(count):
        source.set(cv2.CAP_PROP_POS_FRAMES, k * (total - frames) // max(1, count - 1))
        path, writer = folder / f"clip{k}.mp4", None
        for _ in range(frames):
            ok, picture = source.read()
            if not ok:
                break
            writer = writer or cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), fps, picture.shape[1::-1])
            writer.write(picture)
        writer.release()
        paths.append(path)
    return paths, frames


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def await_port(port, process, seconds=240):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("concurrent_requests: a server did not start")


def at_once(work, clips):
    """Each clip's work returns when it was done, by the clock of the machine."""
    begin = time.time()
    with concurrent.futures.ThreadPoolExecutor(len(clips)) as pool:
        ends = [f.result() - begin for f in [pool.submit(work, clip) for clip in clips]]
    return {"mean": statistics.mean(ends), "makespan": max(ends)}


class Naive:
    def __init__(self, model, threads):
        self.port = free_port()
        self.process = subprocess.Popen([sys.executable, HERE / "peer_server.py", model, str(self.port), "--threads", str(threads)])
        await_port(self.port, self.process)

    def serve(self, clip):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/", str(clip).encode(), method="POST")
        json.load(urllib.request.urlopen(request, timeout=600))
        return time.time()

    def close(self):
        self.process.terminate()
        self.process.wait()


class Ours:
    def __init__(self, a, data):
        self.port, self.model = free_port(), a.name
        self.process = subprocess.Popen(
            [FQ, "up", "--data", data, "--port", str(self.port), "--workers", "2", "--model-repository", a.repository],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if not self.process.stdout.readline():
            sys.exit("concurrent_requests: fq up did not start; run it by hand to see why")

    def ask(self, path, body=None, method="GET", kind="application/json"):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1{path}", body, {"Content-Type": kind}, method=method)
        return json.load(urllib.request.urlopen(request, timeout=60))

    def policy(self, name):
        self.ask("/policy", json.dumps({"policy": name}).encode(), "PUT")

    def serve(self, clip):
        edge = "framequota-clip"
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="model"\r\n\r\n{self.model}\r\n'.encode(),
                 f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{clip.name}"\r\n\r\n'.encode(),
                 clip.read_bytes(), f"\r\n--{edge}--\r\n".encode()]
        job = self.ask("/jobs", b"".join(parts), "POST", f"multipart/form-data; boundary={edge}")["job"]
        events = urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/jobs/{job}/events", timeout=600)
        for line in events:
            if line.startswith(b"data:"):
                seen = json.loads(line[5:])
                if seen["state"] == "SUCCEEDED":
                    return datetime.datetime.fromisoformat(seen["ended_at"]).timestamp()
                if seen["state"] in ("FAILED", "CANCELLED"):
                    sys.exit(f"concurrent_requests: job {job} {seen['state']}: {seen.get('error', '')}")
        sys.exit(f"concurrent_requests: the events of job {job} ended before it did")

    def close(self):
        # Not SIGINT: what a script starts in the background may have been told to ignore it.
        self.process.terminate()
        self.process.wait(60)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("video")
    a.add_argument("model")
    a.add_argument("repository")
    a.add_argument("name")
    a.add_argument("--rounds", type=int, default=3)
    a.add_argument("--counts", default="1,2,4,8")
    a.add_argument("--seconds", type=float, default=15)
    a.add_argument("--json")
    a = a.parse_args()
    counts = [int(c) for c in a.counts.split(",")]
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        clips, frames = cut(a.video, folder, max(counts), a.seconds)
        # Whatever was started is ended, also when the next one does not start.
        with contextlib.ExitStack() as started:
            ours = started.enter_context(contextlib.closing(Ours(a, folder / "data")))
            naive = {name: started.enter_context(contextlib.closing(Naive(a.model, threads)))
                     for name, threads in (("naive, default threads", 0), ("naive, one thread each", 1))}
            at_once(ours.serve, clips[:1])
            for round_ in range(a.rounds):
                for count in counts:
                    for name, server in naive.items():
                        results.setdefault((name, count), []).append(at_once(server.serve, clips[:count]))
                    for policy in POLICIES:
                        ours.policy(policy)
                        results.setdefault((policy, count), []).append(at_once(ours.serve, clips[:count]))
                print(f"round {round_ + 1} of {a.rounds} done", file=sys.stderr, flush=True)
    most = max(counts)
    print(f"clips of {frames} frames, {a.rounds} rounds, medians\n\n| | " + " | ".join(f"{c}: mean / last, s" for c in counts)
          + f" | {most}: mean / it of naive | last / it of naive | last({most}) / last({counts[0]}) |\n|---|" + "---|" * (len(counts) + 3))
    for name in [*naive, *POLICIES]:
        cells = [f"{median(results, name, c, 'mean'):.2f} / {median(results, name, c, 'makespan'):.2f}" for c in counts]
        ratios = [median_ratio(results, name, "naive, one thread each", most, key) for key in ("mean", "makespan")]
        growth = median(results, name, most, "makespan") / median(results, name, counts[0], "makespan")
        print(f"| {name} | " + " | ".join(cells) + f" | {ratios[0]} | {ratios[1]} | {growth:.2f} |")
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps({f"{n} x{c}": v for (n, c), v in results.items()}, indent=1) + "\n")


def median(results, name, count, key):
    return statistics.median(r[key] for r in results[name, count])


def median_ratio(results, name, peer, count, key):
    ratios = sorted(u[key] / p[key] for u, p in zip(results[name, count], results[peer, count]))
    return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f})"


if __name__ == "__main__":
    main()
