#!/usr/bin/env python3
"""receiver.py - a webhook receiver as the world has them: honest about what it stored, rude otherwise.

Every delivery is stored BEFORE it is answered: in memory, and in a file of JSON lines, synced to
disk, when one is given. Then it is answered by the mode of its path:

    200 204 500 404 …   that status             503:2      503 with `Retry-After: 2`
    timeout             stored, never answered  reset      stored, then the connection is reset
    slow:1.5            200 after 1.5 s         random     any of those, mostly good, and good
                                                           the fourth time the same one comes

A script is several modes with commas; each delivery takes one and the last stays: `500,500,200`.
`POST /control?path=/ana&mode=500,200` sets one while it runs (`path=*`: all others).
`GET /stored` gives back what was stored. Nothing is printed unless --verbose."""
import argparse
import base64
import hashlib
import hmac
import http.server
import json
import os
import random
import socket
import struct
import threading
import time
import urllib.parse

RANDOM = ["200"] * 6 + ["204", "500", "503:1", "reset", "reset", "slow:0.3"]


def signature_holds(secret, headers, body):
    """True or False by Standard Webhooks; None when the request carries no signature."""
    given = headers.get("webhook-signature")
    if given is None:
        return None
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(headers.get("webhook-timestamp", "0"))) < 300
    return fresh and any(hmac.compare_digest(wanted, one) for one in given.split())


class Receiver(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port=0, path=None, secret=None, mode="200", verbose=False):
        super().__init__(("127.0.0.1", port), Handler)
        self.secret, self.verbose = secret, verbose
        self.scripts = {"*": mode.split(",")}
        self.lock = threading.Lock()
        self.stored, self.times = [], {}
        self.closing = threading.Event()
        self.file = open(path, "ab", buffering=0) if path else None
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def start(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self):
        self.closing.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """A client that went away is its own business."""

    def script(self, path, mode):
        with self.lock:
            self.scripts[path] = mode.split(",")

    def next_mode(self, path, delivery):
        script = self.scripts.get(path) or self.scripts["*"]
        mode = script.pop(0) if len(script) > 1 else script[0]
        if mode != "random":
            return mode
        self.times[delivery] = self.times.get(delivery, 0) + 1
        return random.choice(RANDOM) if self.times[delivery] < 4 else "200"

    def store(self, path, headers, body):
        """What came, as one flat record; the mode it will be answered with is part of it."""
        try:
            sent = json.loads(body)
        except ValueError:
            sent = {}
        data = sent.get("data") or {}
        incident, who = data.get("incident") or {}, data.get("recipient") or {}
        record = {
            "id": headers.get("webhook-id"), "type": sent.get("type"), "path": path, "at": time.time(),
            "incident": incident.get("id"), "monitor": incident.get("monitor"),
            "key": incident.get("dedup_key"), "started_at": incident.get("started_at"),
            "person": who.get("person"), "channel": who.get("channel"),
            "step": who.get("step"), "loop": who.get("loop"),
            "signature": signature_holds(self.secret, headers, body) if self.secret else None,
            "headers": {k.lower(): v for k, v in headers.items()}, "body": sent,
        }
        with self.lock:
            record["mode"] = self.next_mode(path, record["id"])
            if self.file:
                self.file.write(json.dumps(record).encode() + b"\n")
                os.fsync(self.file.fileno())
            self.stored.append(record)
        if self.verbose:
            print(record["type"], record["person"], record["id"], record["mode"], flush=True)
        return record["mode"]

    def seen(self, **wanted):
        """Stored records whose fields are as given."""
        with self.lock:
            return [r for r in self.stored if all(r.get(k) == v for k, v in wanted.items())]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    def do_GET(self):
        with self.server.lock:
            stored = json.dumps(self.server.stored).encode()
        self.answer(200, stored)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        url = urllib.parse.urlsplit(self.path)
        if url.path == "/control":
            asked = dict(urllib.parse.parse_qsl(url.query))
            self.server.script(asked.get("path", "*"), asked["mode"])
            self.answer(204)
            return
        mode, _, argument = self.server.store(url.path, self.headers, body).partition(":")
        if mode == "reset":
            self.reset()
        elif mode == "timeout":
            self.server.closing.wait(3600)
            self.close_connection = True
        elif mode == "slow":
            self.server.closing.wait(float(argument or 1))
            self.answer(200, b"late\n")
        else:
            self.answer(int(mode), b"", {"Retry-After": argument} if argument else {})

    def answer(self, status, body=b"", headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def reset(self):
        """Closing with linger 0 sends a reset instead of a goodbye."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--file", help="JSON lines, synced before each answer")
    p.add_argument("--secret", help="whsec_…: verify signatures")
    p.add_argument("--mode", default="200")
    p.add_argument("--verbose", action="store_true")
    o = p.parse_args()
    r = Receiver(o.port, o.file, o.secret, o.mode, o.verbose)
    if o.verbose:
        print(r.url, flush=True)
    try:
        r.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
