#!/usr/bin/env python3
"""demo.py [BINARY] - one outage from the first failure to the last resolve, told as it happens.

A small web service fails, the person on call is paged and sleeps on, the next one is paged and
acknowledges, the service recovers, and everybody who was woken hears of it. Real daemon, real
Redis, real webhooks; only the two people are played. Ends with status 0 if it went as it should.
PACE=0.2 hurries the people and the service, not the daemon."""
import atexit
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from receiver import Receiver
from target import Target

PACE = float(os.environ.get("PACE", "1"))
SECRET = "whsec_dGhlLWRlbW8tc2lnbnMtaXRzLXBhZ2VzLXRvbw=="
TOKEN = "demo"
COLOURS = sys.stdout.isatty() and "NO_COLOR" not in os.environ
HUES = {"service": "36", "midwatch": "2", "page": "31;1", "person": "33", "resolve": "32;1", "note": "2"}


class Story:
    def __init__(self, binary):
        self.binary, self.began = binary, time.monotonic()
        self.folder = tempfile.mkdtemp(prefix="midwatch-demo-")
        self.daemon, self.printed = None, threading.Lock()
        self.service = Target()
        self.hook = Receiver(secret=SECRET).start()
        self.config = os.path.join(self.folder, "midwatch.yaml")
        self.port = free_port()
        atexit.register(self.end)

    def say(self, who, text):
        line = f"{time.monotonic() - self.began:5.1f} s  {who:9} {text}"
        with self.printed:
            print(f"\033[{HUES[who]}m{line}\033[0m" if COLOURS else line, flush=True)

    def write_config(self):
        people = {"ana": "Ana Ruiz", "bo": "Bo Lind"}
        config = {
            "name": "demo",
            "store": {"url": "embedded", "dir": os.path.join(self.folder, "data")},
            "web": {"listen": f"127.0.0.1:{self.port}",
                    "users": [{"person": "bo", "role": "responder",
                               "token_sha256": hashlib.sha256(TOKEN.encode()).hexdigest()}]},
            "monitors": [{"name": "shop", "http": self.service.url, "interval": "1s",
                          "retry_interval": "1s", "timeout": "1s", "fail_after": 3, "recover_after": 2,
                          "expect": ["status == 200", "latency < 800ms"]}],
            "people": {p: {"name": n, "notify": [{"via": f"{p}-phone"}]} for p, n in people.items()},
            "channels": {f"{p}-phone": {"type": "webhook", "url": f"{self.hook.url}/{p}", "secret": SECRET}
                         for p in people},
            "schedules": {"primary": {"time_zone": "UTC", "layers": [
                {"name": "weekly", "anchor": "2026-01-05T09:00", "every": "1 week", "members": ["ana"]}]}},
            "policies": {"default": {"steps": [{"notify": ["schedule:primary"]},
                                               {"after": "8s", "notify": ["person:bo"]}]}},
        }
        with open(self.config, "w", encoding="utf-8") as f:
            json.dump(config, f, indent=1)

    def start_daemon(self):
        self.write_config()
        with open(os.path.join(self.folder, "log"), "wb") as log:
            self.daemon = subprocess.Popen([self.binary, "run", "-c", self.config], cwd=self.folder,
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.until(lambda: answers(f"http://127.0.0.1:{self.port}/readyz"), "midwatch to be ready", 20)

    def until(self, condition, what, seconds):
        end = time.monotonic() + seconds
        while not condition():
            if self.daemon.poll() is not None or time.monotonic() > end:
                with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as f:
                    print(f"the demo waited for {what}; midwatch said:\n{f.read()[-3000:]}", file=sys.stderr)
                sys.exit(1)
            time.sleep(0.05)

    def tell_deliveries(self):
        """A line for everything that reaches somebody's phone."""
        told = 0
        while self.daemon.poll() is None:
            for r in self.hook.seen()[told:]:
                told += 1
                incident = r["body"]["data"]["incident"]
                signed = "" if r["signature"] else " (BAD SIGNATURE)"
                if r["type"] == "incident.resolved":
                    self.say("resolve", f"{r['person']}'s phone: over: {incident['title']}{signed}")
                elif r["type"] in ("incident.triggered", "incident.escalated"):
                    self.say("page", f"{r['person']}'s phone: {incident['title']}"
                                     f" (step {r['step']}){signed}")
                else:
                    self.say("note", f"{r['person']}'s phone: {r['type'].split('.')[1]}")
            time.sleep(0.05)

    def midwatch(self, *args):
        return subprocess.run([self.binary, *args, "-c", self.config], capture_output=True, text=True,
                              cwd=self.folder, env=os.environ | {"MIDWATCH_TOKEN": TOKEN}, check=False)

    def heard(self, *types):
        return {r["person"] for r in self.hook.seen() if r["type"] in types}

    def end(self):
        atexit.unregister(self.end)
        if self.daemon and self.daemon.poll() is None:
            self.daemon.terminate()
            try:
                self.daemon.wait(8)
            except subprocess.TimeoutExpired:
                self.daemon.kill()
        self.service.stop()
        self.hook.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port():
    """Below the ports that outgoing connections take: nobody gets it before its server does."""
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            return port


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=1) as r:
            return r.status == 200
    except OSError:
        return False


def tell(s):
    s.say("service", f"the shop answers 200 at {s.service.url}")
    s.start_daemon()
    s.say("midwatch", f"probes it every second; status page http://127.0.0.1:{s.port}/")
    s.say("midwatch", "on call this week: ana; if she does not answer within 8 s: bo")
    threading.Thread(target=s.tell_deliveries, daemon=True).start()
    time.sleep(5 * PACE)
    s.service.set("500")
    s.say("service", "the shop breaks: every request gets 500")
    s.until(lambda: "ana" in s.heard("incident.triggered"), "ana's page", 20)
    s.say("person", "ana sleeps on")
    s.until(lambda: "bo" in s.heard("incident.escalated"), "bo's page", 30)
    time.sleep(5 * PACE)
    s.say("person", "bo: midwatch ack shop")
    done = s.midwatch("ack", "shop")
    if done.returncode:
        sys.exit(f"midwatch ack: {done.stderr}{done.stdout}")
    time.sleep(7 * PACE)
    s.service.set("ok")
    s.say("service", "repaired: the shop answers 200 again")
    s.until(lambda: {"ana", "bo"} <= s.heard("incident.resolved"), "both resolves", 30)
    time.sleep(2 * PACE)
    paged, told = s.heard("incident.triggered", "incident.escalated"), s.heard("incident.resolved")
    good = paged == told == {"ana", "bo"} and all(r["signature"] for r in s.hook.seen())
    s.say("midwatch", f"paged: {', '.join(sorted(paged))}; told it is over: {', '.join(sorted(told))};"
                      f" every delivery signed")
    return 0 if good else 1


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build/midwatch")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    story = Story(binary)
    try:
        status = tell(story)
    except KeyboardInterrupt:
        print("\nstopped before the end")
        status = 0
    story.end()
    return status


if __name__ == "__main__":
    sys.exit(main())
