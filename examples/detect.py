#!/usr/bin/env python3
"""Submits a file (or the built-in clip), prints each frame's objects as they are found, and what the job took.

usage: examples/detect.py [FILE]
"""
import collections
import json
import os
import sys
import urllib.error
import urllib.request
import uuid

SERVER = os.environ.get("FQ_SERVER", "http://127.0.0.1:8080").rstrip("/")


def ask(path, body=None, headers=None):
    """The response to a request, as a stream."""
    request = urllib.request.Request(SERVER + path, body, headers or {})
    if os.environ.get("FQ_KEY"):
        request.add_header("Authorization", "Bearer " + os.environ["FQ_KEY"])
    try:
        return urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        # Errors are problem details (RFC 9457).
        sys.exit(f"{path}: {json.load(error).get('detail', error)}")


def submit(file):
    if file is None:
        body = json.dumps({"source": "sample:walkers", "every": 8}).encode()
        return json.load(ask("/api/v1/jobs", body, {"Content-Type": "application/json"}))
    boundary = uuid.uuid4().hex
    with open(file, "rb") as content:
        body = b"".join([
            f'--{boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\npeople\r\n'.encode(),
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{os.path.basename(file)}"\r\n\r\n'.encode(),
            content.read(),
            f"\r\n--{boundary}--\r\n".encode(),
        ])
    return json.load(ask("/api/v1/jobs", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}))


def main():
    job = submit(sys.argv[1] if len(sys.argv) > 1 else None)["job"]
    frames, objects = 0, collections.Counter()
    # The stream follows the job and ends with it.
    for line in ask(f"/api/v1/jobs/{job}/detections?format=jsonl"):
        frame = json.loads(line)
        found = collections.Counter(d["class"] for d in frame.get("detections", []))
        print(f"frame {frame['frame']}: {dict(found)}")
        frames += 1
        objects += found
    end = json.load(ask(f"/api/v1/jobs/{job}"))
    print(f"{end['state']}: {frames} frames, {dict(objects)}, {end['seconds']:.1f} s under {end['policy']}")
    return 0 if end["state"] == "SUCCEEDED" else 1


if __name__ == "__main__":
    sys.exit(main())
