#!/usr/bin/env python3
"""Prints who holds how many millicores now, and which policy would have served the last hour better.

usage: examples/who-has-the-cores.py
"""
import json
import os
import urllib.request

SERVER = os.environ.get("FQ_SERVER", "http://127.0.0.1:8080").rstrip("/")


def get(path):
    request = urllib.request.Request(SERVER + path)
    if os.environ.get("FQ_KEY"):
        request.add_header("Authorization", "Bearer " + os.environ["FQ_KEY"])
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


allocation = get("/api/v1/allocation")
print(f"{allocation['policy']}: {allocation['allocated']:.0f} of {allocation['budget']:.0f} millicores")
for job in allocation["jobs"]:
    print(f"  {job['job']}: {job['millicores']:.0f}m, {job['running_chunks']} chunks on {', '.join(job['workers']) or 'no worker'}")
print(get("/api/v1/policies/shadow?hours=1")["sentence"])
