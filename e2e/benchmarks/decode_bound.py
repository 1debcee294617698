#!/usr/bin/env python3
"""Packets against pixels where decoding is most of the work: 1080p H.264, few frames to infer, two workers.

  decode_bound.py MODEL_REPOSITORY MODEL_NAME [--seconds 60] [--every 15] [--pairs 5] [--json FILE]

One running system gets the same video by turns as packets, which both workers decode, and as pixels, which ingest-service decodes on
one thread. The first pair is not counted: it compiles. The video is drawn by ffmpeg (in the PATH), with a key picture every 50.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from cpu_table import FQ, call, running


def job(url, video, a, transport):
    job = subprocess.run([FQ, "submit", video, "--model", a.name, "--every", str(a.every), "--transport", transport, "--server", url],
                         check=True, text=True, stdout=subprocess.PIPE, timeout=60).stdout.split()[0]
    done = call(url, f"/api/v1/jobs/{job}")
    while done["state"] in ("QUEUED", "RUNNING"):
        time.sleep(0.2)
        done = call(url, f"/api/v1/jobs/{job}")
    if done["state"] != "SUCCEEDED" or not done["frame_transport"].startswith(transport):
        sys.exit(f"the job did not succeed as {transport}: {done}")
    return done["seconds"]


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("repository")
    a.add_argument("name")
    a.add_argument("--seconds", type=int, default=60)
    a.add_argument("--every", type=int, default=15)
    a.add_argument("--pairs", type=int, default=5)
    a.add_argument("--json")
    a = a.parse_args()
    seconds = {"packets": [], "pixels": []}
    with tempfile.TemporaryDirectory() as folder:
        video = pathlib.Path(folder) / "video.mp4"
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size=1920x1080:rate=25:duration={a.seconds}", "-c:v", "libx264",
                        "-preset", "veryfast", "-crf", "23", "-g", "50", "-pix_fmt", "yuv420p", video], check=True)
        with running(folder + "/data", "--model-repository", a.repository) as (_, url):
            for pair in range(a.pairs + 1):
                for transport in sorted(seconds, reverse=pair % 2 == 1):
                    took = job(url, video, a, transport)
                    print(f"pair {pair}: {transport}: {took:.2f} s", file=sys.stderr, flush=True)
                    if pair > 0:
                        seconds[transport].append(took)
    ratios = [pixels / packets for packets, pixels in zip(seconds["packets"], seconds["pixels"])]
    for name, values in (seconds | {"packets are faster by": ratios}).items():
        print(f"{name}: {statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})")
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps(seconds, indent=1) + "\n")


if __name__ == "__main__":
    main()
