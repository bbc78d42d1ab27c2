#!/usr/bin/env python3
"""No page is lost: kill -9 at any moment, of midwatch, Redis or the receiver, and see.

The target's own history is the truth, and the receiver writes down what it got before it answers
(badly, as often as not). After ROUNDS rounds (default 50) these hold:
  1. every outage led to a page, and its end was told to whom the page was sent
  2. one page (incident, type, step, loop, person, channel) has one id, however often it came
  3. one incident for each outage, none without one
  4. nobody hears of an end without the beginning, or of a beginning after the end
  5. nothing is left to be sent."""
import json
import os
import random
import signal
import subprocess
import sys
import time

import harness
from harness import ROOT, SECRET, World, check, equal, free_port, until

ROUNDS = int(os.environ.get("ROUNDS", "50"))
SEED = int(os.environ.get("SEED", "0")) or random.randrange(1, 10**6)


ALARMS = ("incident.triggered", "incident.escalated")
END = "incident.resolved"


class OutsideReceiver:
    """The receiver as a process, so that it can be killed like the others."""

    def __init__(self, folder):
        self.port, self.path = free_port(), os.path.join(folder, "stored.jsonl")
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        self.process = subprocess.Popen([sys.executable, os.path.join(ROOT, "tests/tools/receiver.py"),
                                         "--port", str(self.port), "--file", self.path,
                                         "--secret", SECRET, "--mode", "random"])

    def kill(self):
        self.process.kill()
        self.process.wait()

    stop = kill

    def stored(self):
        if not os.path.exists(self.path):
            return []
        with open(self.path, "rb") as f:
            return [json.loads(line) for line in f.read().split(b"\n")[:-1] if line]


class Storm:
    def __init__(self, w):
        self.w, self.random = w, random.Random(SEED)
        self.redis, self.hook, self.target = w.redis(), w.ends(OutsideReceiver(w.folder)), w.target()
        config = w.config(self.target, self.hook, store={"url": self.redis.url, "dir": w.folder + "/data"})
        config["policies"]["default"]["steps"][1]["after"] = "2s"
        config["policies"]["default"]["reopen_window"] = 0  # an incident for each outage
        for channel in config["channels"].values():
            channel["timeout"] = "2s"
        w.run(config)
        self.outages, self.deaf = [], set()

    def somebody_dies(self):
        victim = self.random.choices(["midwatch", "redis", "receiver"], [7, 2, 2])[0]
        moment = self.random.uniform(0, 2.5)
        time.sleep(moment)
        if victim == "midwatch":
            self.w.daemon.kill()
            if self.random.random() < 0.3:      # dead for a while
                time.sleep(self.random.uniform(0, 1))
            self.w.run(wait=False)
        elif victim == "redis":
            self.redis.kill()
            time.sleep(self.random.uniform(0, 1))
            self.redis.start()
        else:
            self.hook.kill()
            time.sleep(self.random.uniform(0, 0.5))
            self.hook.start()
        return f"{victim} after {moment:.2f} s"

    def news(self, types, known):
        return [r for r in self.hook.stored() if r["monitor"] == "api" and r["type"] in types
                and r["incident"] not in known]

    def round(self, number):
        known = {r["incident"] for r in self.hook.stored()}
        self.target.set(self.random.choice(["500", "refuse", "truncated"]))
        first = self.somebody_dies()
        page = until(lambda: self.news(ALARMS, known),
                     f"round {number}, seed {SEED}: the page of the outage ({first})", 40)[0]
        self.outages.append(page["incident"])
        self.target.set("ok")
        second = self.somebody_dies()
        if "receiver" in first + second:
            self.deaf.add(page["incident"])
        try:
            until(lambda: self.told_of_end(page["incident"]),
                  f"round {number}, seed {SEED}: the resolve of {page['incident']} ({first}; {second})", 60)
        except harness.Failed:
            self.show(page["incident"])
            raise

    def show(self, incident):
        """What the receiver has of it, and what the API says."""
        for r in self.hook.stored():
            if r["incident"] == incident:
                print("    stored:", r["type"], r["person"], r["step"], r["id"], r["mode"])
        for line in (self.w.incidents(), self.w.outbox(), self.w.monitor()):
            print("    api:", line)

    def told_of_end(self, incident):
        """Whoever got an alarm, however it was answered, must hear of the end."""
        mine = [r for r in self.hook.stored() if r["incident"] == incident]
        paged = {r["person"] for r in mine if r["type"] in ALARMS}
        return paged <= {r["person"] for r in mine if r["type"] == END}

    def judge(self):
        stored = [r for r in self.hook.stored() if r["monitor"] == "api"]
        ids, begun, ended = {}, set(), set()
        for r in stored:
            check(r["signature"] is True, "a signature does not hold", r["id"])
            page = (r["incident"], r["type"], r["step"], r["loop"], r["person"], r["channel"])
            ids.setdefault(page, set()).add(r["id"])
            who = (r["incident"], r["person"])
            if r["type"] == END:
                # A receiver that died while it was asked may have heard what it did not write down.
                check(who in begun or r["incident"] in self.deaf, "an end without a beginning", who)
                ended.add(who)
            else:
                check(who not in ended, "an alarm after its end", who)
                begun.add(who)
        many = {page: i for page, i in ids.items() if len(i) > 1}
        check(not many, f"seed {SEED}: one page under several ids", many)
        equal(sorted({r["incident"] for r in stored}), sorted(self.outages), f"seed {SEED}: incidents")
        until(lambda: self.w.http("GET", "/readyz")[0] == 200 and not self.w.outbox(),
              f"seed {SEED}: the outbox to be empty", 60)
        return len(stored), len(ids)


def test_kill_9_anywhere__no_page_lost__none_under_two_ids():
    with World() as w:
        storm = Storm(w)
        until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
        for number in range(1, ROUNDS + 1):
            storm.round(number)
        came, pages = storm.judge()
        print(f"    {ROUNDS} rounds, seed {SEED}: {pages} pages came {came} times")


def test_sigterm__amid_an_outage__stops_within_5_s_and_goes_on_afterwards():
    with World() as w:
        hook, target = w.receiver("timeout"), w.target()
        w.run(w.config(target, hook))
        until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
        target.set("500")
        page = until(lambda: hook.seen(type="incident.triggered"), "the page, unanswered so far")[0]
        began = time.monotonic()
        equal(w.daemon.stop(), 0, "exit status")
        took = time.monotonic() - began
        check(took < 5, "seconds until it stopped", took)
        hook.script("*", "200")
        w.run()
        until(lambda: hook.seen(type="incident.triggered", mode="200"), "the page again, under its id")
        equal({r["id"] for r in hook.seen(type="incident.triggered")}, {page["id"]}, "ids of the page")
        target.set("ok")
        until(lambda: hook.seen(type="incident.resolved"), "the resolve")
        equal({r["incident"] for r in hook.seen()}, {page["incident"]}, "incidents")


def test_sigint__stops_cleanly_too():
    with World() as w:
        w.run(w.config(w.target(), w.receiver()))
        w.daemon.send(signal.SIGINT)
        equal(w.daemon.process.wait(harness.PATIENCE), 0, "exit status")


harness.main(__name__)
