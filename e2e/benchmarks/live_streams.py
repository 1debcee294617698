#!/usr/bin/env python3
"""Many live streams on one machine: memory of every process over time, ingest-service's processor time, latency, and whether each
frame that was sent is accounted for.

  live_streams.py [--streams 20] [--minutes 10] [--size 640x360] [--fps 10] [--every 10] [--model people] [--repository FOLDER]
                  [--publish] [--slope 2] [--json FILE]

Starts `fq up` with 2 workers on private data. The ffmpeg program pushes a video that it has encoded once (x264, B-frames, a key picture
every 2 s) in real time under a key for each stream. --publish also publishes the first stream with its detections, to its own listener.
Every 10 s the resident memory of each process is read; after the first third, a line is fitted. Exits with 1 if a process grows faster
than --slope MiB a minute, or if frames are missing of which no gap speaks.
"""
import argparse
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

from cpu_table import FQ, call, family, free_port, reading, running

SAMPLE_S = 10


def resident(root):
    """MiB of resident memory by process name."""
    total = {}
    for pid, name in family(root).items():
        try:
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total[name] = total.get(name, 0) + int(line.split()[1]) / 1024
        except OSError:
            pass
    return total


def slope(points):
    """Least squares: growth a minute."""
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    across = sum((x - mean_x) ** 2 for x, _ in points)
    return 60 * sum((x - mean_x) * (y - mean_y) for x, y in points) / across if across else 0


def accounted(url, job):
    """Lines, and frames in gaps by cause, of a job's whole result."""
    with urllib.request.urlopen(f"{url}/api/v1/jobs/{job}/detections?follow=false", timeout=60) as answer:
        data = answer.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    lines, gaps = 0, {}
    for line in map(json.loads, data.splitlines()):
        if "gap" in line:
            gaps[line["gap"]["cause"]] = gaps.get(line["gap"]["cause"], 0) + line["gap"]["frames"]
        else:
            lines += 1
    return lines, gaps


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--streams", type=int, default=20)
    a.add_argument("--minutes", type=float, default=10)
    a.add_argument("--size", default="640x360")
    a.add_argument("--fps", type=int, default=10)
    a.add_argument("--every", type=int, default=10)
    a.add_argument("--model", default="people")
    a.add_argument("--repository")
    a.add_argument("--publish", action="store_true")
    a.add_argument("--slope", type=float, default=2)
    a.add_argument("--json")
    a = a.parse_args()
    frames = round(60 * a.minutes * a.fps)
    port = free_port()
    options = ["--rtmp-port", str(port)] + (["--model-repository", a.repository] if a.repository else [])
    with tempfile.TemporaryDirectory() as folder, running(folder + "/data", *options) as (up, url):
        video = folder + "/video.flv"
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size={a.size}:rate={a.fps}:duration=60", "-c:v", "libx264",
                        "-preset", "veryfast", "-bf", "2", "-g", str(2 * a.fps), "-b:v", "800k", "-f", "flv", video], check=True)
        jobs, pushers = [], []
        for i in range(a.streams):
            body = {"live": True, "source": f"listen:cam-{i}", "model": a.model, "every": a.every}
            if a.publish and i == 0:
                body["publish"] = f"rtmp://127.0.0.1:{port}/live/cam-{i}/annotated"
            jobs.append(call(url, "/api/v1/jobs", body)["job"])
        for i in range(a.streams):
            pushers.append(subprocess.Popen(
                ["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", video, "-frames:v", str(frames), "-c", "copy",
                 "-f", "flv", f"rtmp://127.0.0.1:{port}/live/cam-{i}"]))
            time.sleep(0.2)
        begin, samples, cpu, latest = time.monotonic(), [], None, {}
        while any(p.poll() is None for p in pushers):
            time.sleep(SAMPLE_S)
            now = time.monotonic() - begin
            samples.append((now, resident(up.pid)))
            if cpu is None and now > 20 * a.minutes:
                cpu = (now, reading(up.pid)[0])
            if all(p.poll() is None for p in pushers):
                end = (now, reading(up.pid)[0])
                latest = {job: call(url, f"/api/v1/jobs/{job}") for job in jobs}
            elif any(p.poll() not in (None, 0) for p in pushers):
                sys.exit("ffmpeg was refused: " + str([p.poll() for p in pushers]))
        time.sleep(12)
        wrong, lines, gaps = [], 0, {}
        for i, job in enumerate(jobs):
            state = call(url, f"/api/v1/jobs/{job}")
            subprocess.run([FQ, "cancel", job, "--server", url], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if state["state"] == "FAILED":
                wrong.append(f"stream {i}: {state.get('error')}")
                continue
            of_lines, of_gaps = accounted(url, job)
            lines += of_lines
            for cause, n in of_gaps.items():
                gaps[cause] = gaps.get(cause, 0) + n
            sent = -(-frames // a.every)
            if of_lines + sum(of_gaps.values()) != sent:
                wrong.append(f"stream {i}: {sent} frames to infer were sent, {of_lines} lines and {of_gaps}")
    warm = samples[len(samples) // 3:]
    report = {"streams": a.streams, "minutes": a.minutes, "lines": lines, "gaps": gaps, "wrong": wrong, "memory": {}, "latency_ms": {}}
    print(f"{a.streams} streams of {a.size} at {a.fps} frames/s, every {a.every}, {a.minutes} minutes: {lines} lines, gaps {gaps}")
    for name in sorted(warm[-1][1]):
        points = [(x, y[name]) for x, y in warm if name in y]
        report["memory"][name] = {"first": round(points[0][1]), "last": round(points[-1][1]), "slope": round(slope(points), 2)}
        print(f"  {name:18} {points[0][1]:6.0f} -> {points[-1][1]:6.0f} MiB, {slope(points):+.2f} MiB a minute")
        if slope(points) > a.slope:
            wrong.append(f"{name} grows by {slope(points):.2f} MiB a minute")
    if cpu and end[0] > cpu[0]:
        for name in end[1]:
            used = (end[1][name] - cpu[1][name]) / (end[0] - cpu[0])
            report.setdefault("cpu_ms_per_second", {})[name] = round(used, 1)
        per = report["cpu_ms_per_second"].get("ingest-service", 0) / a.streams
        print(f"  CPU ms a second: {report['cpu_ms_per_second']}; ingest-service {per:.1f} for each stream")
    for kind in ("latency_ms", "annotated_latency_ms"):
        known = [job[kind] for job in latest.values() if kind in job]
        if known:
            report[kind] = {"p50": sorted(k["p50"] for k in known)[len(known) // 2], "p95": max(k["p95"] for k in known)}
            print(f"  {kind}: median of p50 {report[kind]['p50']:.0f}, largest p95 {report[kind]['p95']:.0f}")
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps(report, indent=1))
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
