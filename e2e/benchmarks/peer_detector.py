#!/usr/bin/env python3
"""The plain peer: one Python program, OpenCV decodes, onnxruntime infers, as an engineer would write it in an hour.

  peer_detector.py VIDEO MODEL.onnx OUT.jsonl [--threads N] [--part K/N]

--threads 0 leaves onnxruntime its defaults (as many threads as cores, spinning); --part 1/2 does the first half.
Prints {"frames": .., "seconds": .., "fps": .., "cpu_seconds": ..}; the seconds run from the opened video to the last line.
"""
import argparse
import json
import sys
import time

import cv2
import numpy as np
import onnxruntime as ort

SIDE, SCORE, IOU = 416, 0.3, 0.45


def grid():
    cells, strides = [], []
    for stride in (8, 16, 32):
        n = SIDE // stride
        ys, xs = np.mgrid[0:n, 0:n]
        cells.append(np.stack([xs, ys], axis=-1).reshape(-1, 2))
        strides.append(np.full((n * n, 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(strides).astype(np.float32)


CELLS, STRIDES = grid()


def letterbox(picture):
    h, w = picture.shape[:2]
    r = min(SIDE / w, SIDE / h)
    canvas = np.full((SIDE, SIDE, 3), 114, np.uint8)
    nw, nh = int(w * r), int(h * r)
    canvas[:nh, :nw] = cv2.resize(picture, (nw, nh), interpolation=cv2.INTER_LINEAR)
    return canvas.transpose(2, 0, 1)[None].astype(np.float32), r


def detections(output, r):
    xy = (output[:, :2] + CELLS) * STRIDES
    wh = np.exp(output[:, 2:4]) * STRIDES
    scores = output[:, 4:5] * output[:, 5:]
    best = scores.argmax(1)
    score = scores[np.arange(len(best)), best]
    found = []
    for c in np.unique(best[score >= SCORE]):
        rows = np.where((best == c) & (score >= SCORE))[0]
        corner = (xy[rows] - wh[rows] / 2) / r
        size = wh[rows] / r
        boxes = np.concatenate([corner, size], 1)
        for k in np.array(cv2.dnn.NMSBoxes(boxes.tolist(), score[rows].tolist(), SCORE, IOU)).reshape(-1):
            x, y, w, h = boxes[k]
            found.append([int(c), float(score[rows][k]), float(x), float(y), float(x + w), float(y + h)])
    return found


def open_session(model, threads):
    """A session with so many threads that do not spin; with 0, onnxruntime's defaults."""
    options = ort.SessionOptions()
    if threads:
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        cv2.setNumThreads(threads)
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def main():
    a = argparse.ArgumentParser()
    a.add_argument("video")
    a.add_argument("model")
    a.add_argument("out")
    a.add_argument("--threads", type=int, default=0)
    a.add_argument("--part", default="1/1")
    a = a.parse_args()
    session = open_session(a.model, a.threads)
    name = session.get_inputs()[0].name
    video = cv2.VideoCapture(a.video)
    if not video.isOpened():
        sys.exit(f"peer_detector: cannot open {a.video}")
    part, parts = map(int, a.part.split("/"))
    total = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    first, last = total * (part - 1) // parts, total * part // parts
    begin, cpu = time.monotonic(), time.process_time()
    for _ in range(first):
        video.grab()
    done = 0
    with open(a.out, "w") as out:
        for index in range(first, last):
            ok, picture = video.read()
            if not ok:
                break
            tensor, r = letterbox(picture)
            output = session.run(None, {name: tensor})[0][0]
            out.write(json.dumps({"frame": index, "detections": detections(output, r)}) + "\n")
            done += 1
    seconds = time.monotonic() - begin
    print(json.dumps({"frames": done, "seconds": seconds, "fps": done / seconds, "cpu_seconds": time.process_time() - cpu}))


if __name__ == "__main__":
    main()
