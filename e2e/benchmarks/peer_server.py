#!/usr/bin/env python3
"""The naive server: one thread and one onnxruntime session per request, nothing shared, nothing queued.

  peer_server.py MODEL.onnx PORT [--threads N]

POST / with a video's path on this machine as the body; answers {"frames": .., "seconds": ..} when all of it is done.
"""
import argparse
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2

from peer_detector import detections, letterbox, open_session


def handler(model, threads):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            begin = time.monotonic()
            path = self.rfile.read(int(self.headers["Content-Length"])).decode()
            session = open_session(model, threads)
            name = session.get_inputs()[0].name
            video, lines = cv2.VideoCapture(path), []
            while True:
                ok, picture = video.read()
                if not ok:
                    break
                tensor, r = letterbox(picture)
                lines.append(json.dumps(detections(session.run(None, {name: tensor})[0][0], r)))
            answer = json.dumps({"frames": len(lines), "seconds": time.monotonic() - begin}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    return Handler


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("model")
    a.add_argument("port", type=int)
    a.add_argument("--threads", type=int, default=0)
    a = a.parse_args()
    ThreadingHTTPServer(("127.0.0.1", a.port), handler(a.model, a.threads)).serve_forever()


if __name__ == "__main__":
    main()
