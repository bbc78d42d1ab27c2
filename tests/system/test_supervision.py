#!/usr/bin/env python3
"""Under systemd: readiness, the watchdog and the end are told in datagrams."""
import os
import signal
import socket
import time

import harness
from harness import World, check, equal, until


class Supervisor:
    """What systemd is to the daemon: a socket it writes to."""

    def __init__(self, w):
        self.path = os.path.join(w.folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        self.heard = []

    def listen(self):
        while True:
            try:
                text = self.socket.recv(4096).decode()
            except BlockingIOError:
                return self.heard
            self.heard += [(line, time.monotonic()) for line in text.splitlines()]

    def times(self, word):
        return [at for line, at in self.listen() if line == word]

    def stop(self):
        self.socket.close()


def start(w, watchdog_s=1.0, **changes):
    s = w.ends(Supervisor(w))
    w.run(w.config(w.target(), w.receiver(), **changes),
          env={"NOTIFY_SOCKET": s.path, "WATCHDOG_USEC": str(int(watchdog_s * 1e6))})
    return s


def test_ready__once__and_not_before_it_answers():
    with World() as w:
        s = start(w)
        until(lambda: s.times("READY=1"), "READY=1")
        equal(w.http("GET", "/readyz")[0], 200, "/readyz after READY=1")
        equal(len(s.times("READY=1")), 1, "times READY was said")


def test_watchdog__fed_in_time__while_there_is_progress():
    with World() as w:
        s = start(w)
        until(lambda: len(s.times("WATCHDOG=1")) >= 6, "the watchdog to be fed six times")
        at = s.times("WATCHDOG=1")
        longest = max(b - a for a, b in zip(at, at[1:]))
        check(longest < 1.0, "longest gap between two feedings, in seconds (1.0 kills)", longest)


def test_watchdog__not_fed__while_the_daemon_stands_still():
    with World() as w:
        s = start(w)
        until(lambda: s.times("WATCHDOG=1"), "the first feeding")
        w.daemon.send(signal.SIGSTOP)
        time.sleep(0.1)
        count = len(s.times("WATCHDOG=1"))
        time.sleep(1.5)
        equal(len(s.times("WATCHDOG=1")), count, "feedings while it stood still")
        w.daemon.send(signal.SIGCONT)
        until(lambda: len(s.times("WATCHDOG=1")) > count, "feedings after it went on")


def test_watchdog__fed_also__while_redis_is_away():
    with World() as w:
        redis = w.redis()
        s = start(w, store={"url": redis.url, "dir": w.folder + "/data"})
        redis.send(signal.SIGSTOP)
        count = len(s.times("WATCHDOG=1"))
        until(lambda: len(s.times("WATCHDOG=1")) >= count + 6, "six more feedings without Redis")
        at = s.times("WATCHDOG=1")
        longest = max(b - a for a, b in zip(at, at[1:]))
        check(longest < 1.0, "longest gap between two feedings, in seconds", longest)


def test_stop__stopping_is_said():
    with World() as w:
        s = start(w)
        equal(w.daemon.stop(), 0, "exit status")
        equal(len(s.times("STOPPING=1")), 1, "times STOPPING was said")


harness.main(__name__)
