#!/usr/bin/env python3
"""Our simulator beside SimPy: the same M/M/1 and M/M/c model, first come first served, in one run.

    ./mvnw -q package -DskipTests -am -pl scheduler/benchmarks
    python3 -m venv VENV && VENV/bin/pip install simpy
    VENV/bin/python scheduler/benchmarks/simpy_peer.py [--jobs N] [--peer-jobs N] [--repeats N]

Both alternate, so that whatever else the machine does hits both. A rate is jobs simulated per second of wall time; ours
counts from the call to the result, once with the JVM already warm (the same process ran the model before) and once for the
whole process, start included. Requests that hold one core from their start to their end need no policy between; the same
arrivals under srpt, which is asked at every event, are timed beside them. Prints the ratios of the rates, mean and spread
over the repeats, and both mean responses beside the exact one.
"""

import argparse
import math
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import time

import simpy

MODELS = [("M/M/1", 1, 0.8), ("M/M/1", 1, 0.9), ("M/M/4", 4, 3.2)]


def simpy_run(cores, rate, jobs, seed):
    """The idiomatic SimPy model: one process per job, a Resource of so many cores."""
    numbers = random.Random(seed)
    env = simpy.Environment()
    server = simpy.Resource(env, capacity=cores)
    total = 0.0

    def job(arrived):
        nonlocal total
        with server.request() as request:
            yield request
            yield env.timeout(numbers.expovariate(1.0))
        total += env.now - arrived

    def source():
        for _ in range(jobs):
            yield env.timeout(numbers.expovariate(rate))
            env.process(job(env.now))

    env.process(source())
    begin = time.perf_counter()
    env.run()
    return jobs / (time.perf_counter() - begin), total / jobs


def our_run(java, policy, cores, rate, jobs):
    """Twice in one process: the second one is warm. Answers warm rate, rate of a whole fresh process, mean response."""
    target = pathlib.Path(__file__).parent / "target"
    command = [java, "-XX:+UseSerialGC", "-Xmx512m", "-cp", f"{target}/classes:{target}/lib/*",
               "io.framequota.scheduler.benchmarks.QueueSimulationMain", policy, str(cores), str(rate), str(jobs)]
    begin = time.perf_counter()
    subprocess.run(command + ["1"], check=True, capture_output=True)
    cold = jobs / (time.perf_counter() - begin)
    lines = subprocess.run(command + ["3"], check=True, capture_output=True, text=True).stdout.split("\n")
    warm = [line.split() for line in lines if line][-1]
    return float(warm[2]), cold, float(warm[3])


def exact(cores, rate):
    """Erlang C."""
    queue = rate**cores / math.factorial(cores) * cores / (cores - rate)
    waits = queue / (sum(rate**i / math.factorial(i) for i in range(cores)) + queue)
    return waits / (cores - rate) + 1


def spread(values):
    mean = statistics.mean(values)
    return f"{mean:10.1f} ± {statistics.stdev(values) if len(values) > 1 else 0:.1f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--peer-jobs", type=int, default=50_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    home = os.environ.get("JAVA_HOME")
    java = f"{home}/bin/java" if home else shutil.which("java")
    print(f"SimPy {simpy.__version__}; {options.repeats} repeats, ours {options.jobs} jobs, SimPy {options.peer_jobs}")
    for name, cores, rate in MODELS:
        policy = "one-core-per-request"
        ratios, colds, asked, peers, ours, means, peer_means = [], [], [], [], [], [], []
        for seed in range(options.repeats):
            peer, peer_mean = simpy_run(cores, rate, options.peer_jobs, seed)
            warm, cold, mean = our_run(java, policy, cores, rate, options.jobs)
            ratios.append(warm / peer)
            colds.append(cold / peer)
            asked.append(our_run(java, "srpt", cores, rate, options.jobs)[0] / peer)
            peers.append(peer)
            ours.append(warm)
            means.append(mean)
            peer_means.append(peer_mean)
        print(f"{name} at {rate / cores:.2f}: exact mean {exact(cores, rate):.4f}, ours {statistics.mean(means):.4f}, "
              f"SimPy {statistics.mean(peer_means):.4f}")
        print(f"  jobs/s   ours {spread(ours)}   SimPy {spread(peers)}")
        print(f"  ratio    warm {spread(ratios)}   whole process {spread(colds)}   "
              f"asked at every event {spread(asked)}")


if __name__ == "__main__":
    main()
