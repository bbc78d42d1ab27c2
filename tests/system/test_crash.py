#!/usr/bin/env python3
"""No page is lost: kill -9 at any moment, of midwatch, Redis or the receiver, and see.

The targets' own history is the truth, and the receiver writes down what it got before it answers
(badly, as often as not). Each round is a story: an outage alone, with people who act, under a
dependency, in a group, silenced, with somebody standing in, over reloads. Meanwhile one or two of
the three are killed. After ROUNDS rounds (default 30) these hold:
  1. every outage led to a page, by its own incident, its group or what it depends on, unless it was
     silenced; and its end was told to whom the page was sent
  2. one page (incident, cycle, step, loop, person, channel) has one id, however often it came, and
     the store knows it
  3. no page without an outage; one incident for a monitor that fails again and again, unless
     midwatch had to begin without its store
  4. nobody hears of an end without the beginning, or of a beginning after the end
  5. nothing is open, and nothing is left to be sent."""
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

import harness
from harness import ROOT, SECRET, World, check, equal, free_port, until

ROUNDS = int(os.environ.get("ROUNDS", "30"))
SEED = int(os.environ.get("SEED", "0")) or random.randrange(1, 10**6)
LONG = 3 * harness.PATIENCE

ALARMS = ("incident.triggered", "incident.escalated", "incident.unacknowledged")
END = "incident.resolved"
OWN = ("self:", "channel:")     # incidents about midwatch's own trouble: nobody's outage
GROUP = "group:together:shop"


class OutsideReceiver:
    """The receiver as a process, so that it can be killed like the others."""

    def __init__(self, folder):
        self.port, self.path = free_port(), os.path.join(folder, "stored.jsonl")
        self.url = f"http://127.0.0.1:{self.port}"
        self.records, self.read, self.lock = [], 0, threading.Lock()
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
        with self.lock:
            if os.path.exists(self.path):
                with open(self.path, "rb") as f:
                    f.seek(self.read)
                    whole = f.read().rpartition(b"\n")[0]
                self.read += len(whole) + 1 if whole else 0
                self.records += [self.plain(line) for line in whole.split(b"\n") if line]
            return self.records

    @staticmethod
    def plain(line):
        try:
            return {k: v for k, v in json.loads(line).items() if k not in ("body", "headers")}
        except ValueError:                          # cut off by a kill, and the next one stands behind it
            return {"id": None, "type": "damaged", "key": OWN[0], "incident": None}


class Reaper:
    """Kills one of the three, once or twice, while the story goes on."""

    def __init__(self, storm):
        self.storm, self.random = storm, random.Random(SEED + 1)
        self.thread, self.killed, self.deeds = None, {"midwatch": 0, "redis": 0, "receiver": 0}, []

    def strike(self):
        self.join()
        self.thread = threading.Thread(target=self.kill_some)
        self.thread.start()

    def join(self):
        if self.thread:
            self.thread.join()
        self.thread = None

    def kill_some(self):
        for _ in range(self.random.choice([1, 1, 2])):
            moment = self.random.uniform(0, 2.5)
            time.sleep(moment)
            victim = self.random.choices(["midwatch", "redis", "receiver"], [7, 2, 2])[0]
            self.killed[victim] += 1
            self.deeds.append(f"{victim} after {moment:.2f} s")
            getattr(self, "kill_" + victim)()

    def kill_midwatch(self):
        w = self.storm.w
        w.daemon.kill()
        if self.random.random() < 0.3:              # dead for a while
            time.sleep(self.random.uniform(0, 1))
        w.run(wait=False)

    def kill_redis(self):
        storm = self.storm
        storm.blind |= storm.w.http("GET", "/readyz")[0] != 200     # it may have to begin without
        storm.redis.kill()
        time.sleep(self.random.uniform(0, 1))
        storm.redis.start()

    def kill_receiver(self):
        self.storm.deaf = True
        self.storm.hook.kill()
        time.sleep(self.random.uniform(0, 0.5))
        self.storm.hook.start()


class Storm:
    def __init__(self, w):
        self.w, self.random, self.reaper = w, random.Random(SEED), Reaper(self)
        self.redis, self.hook = w.redis(), w.ends(OutsideReceiver(w.folder))
        self.targets = {name: w.target() for name in ("api", "db", "web", "cart", "pay")}
        self.changes = 0
        w.run(self.config())
        self.ids, self.mark, self.deaf, self.blind = {}, 0, False, False
        self.deaf_incidents, self.told, self.where = set(), {}, ""

    def config(self):
        w, base = self.w, self.w.config(self.targets["api"], self.hook)
        shape = base["monitors"][0]
        more = {"web": {"depends_on": ["db"]}, "cart": {"labels": {"team": "shop"}, "policy": "together"},
                "pay": {"labels": {"team": "shop"}, "policy": "together"}}
        steps = base["policies"]["default"]["steps"]
        steps[1]["after"] = f"{2 + self.changes % 3}s"
        for channel in base["channels"].values():
            channel["timeout"] = "2s"
        base["monitors"] = [shape | {"name": n, "http": t.url} | more.get(n, {}) for n, t in self.targets.items()]
        base["policies"]["default"]["flap"] = {"changes": 0}
        base["policies"]["together"] = {"group_by": ["team"], "flap": {"changes": 0},
                                        "steps": [{"notify": ["person:bo", "channel:ops"]}]}
        return base | {"store": {"url": self.redis.url, "dir": w.folder + "/data"},
                       "storm": {"incidents": 0, "share": 0}}

    # --- what happens -----------------------------------------------------------------------
    def down(self, *names):
        for name in names:
            self.targets[name].set(self.random.choice(["500", "refuse", "truncated"]))

    def up(self, *names):
        for name in names:
            self.targets[name].set("ok")

    def tell(self, *words):
        """By the command line, for as long as nobody is there to hear it. None: it was refused."""
        def told():
            done = self.w.cli(*words, "--json", "--by", "bo", status=None, env={"MIDWATCH_CONFIG": self.w.config_path})
            check(done.returncode != 2, f"midwatch {' '.join(words)}:", done.stderr)
            return done if done.returncode != 3 else None
        self.told[words[0]] = self.told.get(words[0], 0) + 1
        done = until(told, f"{self.where}: midwatch {' '.join(words)} to be heard", LONG)
        return json.loads(done.stdout or "{}") if done.returncode == 0 else None

    def keep(self, key, *words):
        """Likewise, and again when a death took it: an answer given a moment before is not a promise."""
        for _ in range(5):
            made = self.tell(*words)
            with contextlib.suppress(harness.Failed):
                until(lambda m=made: m["id"] in self.redis.ask("HKEYS", f"mw:{{test}}:{key}"), "it to be kept", 5)
                return made["id"]
        raise harness.Failed(f"{self.where}: {' '.join(words)} was never kept")

    def reload(self):
        """Only once it is ready: whoever has just been started is ended by the signal."""
        until(lambda: self.w.http("GET", "/readyz")[0] == 200, f"{self.where}: readiness", LONG)
        self.w.daemon.send(signal.SIGHUP)

    def mine(self):
        return self.hook.stored()[self.mark:]

    def alarms(self, key):
        return [r for r in self.mine() if r["key"] == key and r["type"] in ALARMS]

    def paged(self, key):
        page = until(lambda: self.alarms(key), f"{self.where}: a page of {key}", LONG)[0]
        self.reaper.join()
        return page

    def open(self):
        """None: nobody can say."""
        answer = self.w.api("/incidents")
        return None if answer is None else [i for i in answer if not i["dedup_key"].startswith(OWN)]

    def ended(self):
        """Whoever got an alarm, however it was answered, must hear of the end."""
        def untold():
            owed = {}
            for r in self.mine():
                contact = (r["incident"], r.get("person"), r.get("channel"))
                if r["type"] in ALARMS:
                    owed[contact] = r["id"]
                elif r["type"] == END:
                    owed.pop(contact, None)
            return owed
        self.reaper.join()
        until(lambda: self.open() == [] and not untold(), f"{self.where}: the end to be told", LONG)

    # --- the stories ------------------------------------------------------------------------
    def alone(self):
        self.down("api")
        self.reaper.strike()
        self.paged("monitor:api")
        self.up("api")
        self.reaper.strike()
        self.ended()

    def people(self):
        self.down("api")
        self.reaper.strike()
        incident = self.paged("monitor:api")["incident"]
        deeds = [["ack", "api"], ["unack", "api"], ["snooze", "api", "1s"], ["reassign", "api", "bo"],
                 ["escalate", "api"], ["note", "api", "it is the pool"], ["resolve", incident]]
        self.reaper.strike()
        for deed in self.random.sample(deeds, self.random.randint(1, 4)):
            self.tell(*deed)
            time.sleep(self.random.uniform(0, 0.5))
        self.reaper.join()
        self.up("api")
        self.reaper.strike()
        self.ended()

    def dependency(self):
        self.down("db")
        time.sleep(self.random.uniform(0, 0.7))
        self.down("web")
        self.reaper.strike()
        self.paged("monitor:db")
        check(self.blind or not self.alarms("monitor:web"), f"{self.where}: web was paged beside db")
        self.up("db")
        self.reaper.strike()
        if self.random.random() < 0.5:
            self.paged("monitor:web")               # it fails on its own
        self.up("web")
        self.ended()

    def group(self):
        names = self.random.sample(["cart", "pay"], 2)
        self.down(names[0])
        time.sleep(self.random.uniform(0, 0.7))
        self.down(names[1])
        self.reaper.strike()
        self.paged(GROUP)
        self.up(names[1])
        self.reaper.strike()
        time.sleep(self.random.uniform(0, 0.7))
        self.up(names[0])
        self.ended()
        check(self.blind or not self.alarms("monitor:cart") + self.alarms("monitor:pay"),
              f"{self.where}: a member was paged beside its group")

    def silenced(self):
        length = self.random.choice(["1h", "1h", "5s"])
        silence = self.keep("quiets", "silence", "add", "monitor=api", "--for", length, "--comment", "x")
        self.down("api")
        self.reaper.strike()
        if length == "5s":
            self.paged("monitor:api")               # it is over by itself
        else:
            until(lambda: any(i["hold"] for i in self.open() or []), f"{self.where}: it to be held", LONG)
            self.reaper.join()
            check(self.blind or not self.alarms("monitor:api"), f"{self.where}: paged though silenced")
        if self.random.random() < 0.5:
            if length == "1h":
                self.tell("silence", "end", silence)
            self.reaper.strike()
            self.paged("monitor:api")
        self.up("api")
        self.reaper.strike()
        self.ended()

    def stands_in(self):
        stand_in = self.keep("overrides", "override", "add", "primary", "--set", "bo", "--end",
                             time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600)))
        self.down("api")
        self.reaper.strike()
        page = self.paged("monitor:api")
        check(self.blind or page["person"] == "bo", f"{self.where}: paged was", page["person"])
        self.tell("override", "remove", stand_in)
        self.up("api")
        self.reaper.strike()
        self.ended()

    def reloads(self):
        self.down("api")
        self.reaper.strike()
        for _ in range(2):
            self.changes += 1
            self.w.write(self.config())
            self.reload()
            time.sleep(self.random.uniform(0, 0.7))
        self.paged("monitor:api")
        self.up("api")
        self.reload()
        self.reaper.strike()
        self.ended()

    STORIES = {alone: ["monitor:api"], people: ["monitor:api"], dependency: ["monitor:db", "monitor:web"],
               group: [GROUP, "monitor:cart", "monitor:pay"], silenced: ["monitor:api"],
               stands_in: ["monitor:api"], reloads: ["monitor:api"]}

    # --- a round ----------------------------------------------------------------------------
    def round(self, number):
        story = self.random.choice(list(self.STORIES))
        self.where = f"round {number} ({story.__name__}), seed {SEED}"
        self.mark, self.deaf, self.blind, self.reaper.deeds = len(self.hook.stored()), False, False, []
        try:
            story(self)
            self.calm()
            self.look_back(self.STORIES[story])
        except harness.Failed:
            self.show()
            raise

    def calm(self):
        """Nothing open, nothing to be sent, nothing silenced, nobody standing in."""
        self.reaper.join()
        for kind, end in (("silences", ["silence", "end"]), ("overrides", ["override", "remove"])):
            for one in until(lambda k=kind: self.w.api("/" + k), f"{self.where}: {kind}", LONG) if self.w.list("/" + kind, kind) else []:
                self.tell(*end, one["id"])
        until(lambda: self.open() == [] and not self.w.outbox() and self.w.http("GET", "/readyz")[0] == 200,
              f"{self.where}: calm", LONG)

    def look_back(self, keys):
        """3: whose incidents these were. Those of a monitor are one and the same, opened again."""
        seen = {}
        for r in self.mine():
            if not str(r["key"]).startswith(OWN):
                seen.setdefault(r["key"], set()).add(r["incident"])
                if self.deaf:
                    self.deaf_incidents.add(r["incident"])
        check(set(seen) <= set(keys), f"{self.where}: a page without an outage", seen)
        for key, incidents in seen.items():
            known = self.ids.setdefault(key, set())
            if key != GROUP and known and not self.blind:
                check(incidents <= known, f"{self.where}: {key} is another incident:", incidents, "after", known)
            if not self.blind:
                equal(len(incidents), 1, f"{self.where}: incidents of {key}")
            known |= incidents

    def show(self):
        """What the receiver has of this round, and what the API says."""
        self.reaper.join()
        print("    killed:", "; ".join(self.reaper.deeds))
        for r in self.mine():
            print("    stored:", r["type"], r["key"], r.get("person"), r.get("step"), r["id"], r.get("mode"))
        for line in [*self.w.incidents(), *self.w.outbox(), *(self.w.monitor(n) for n in self.targets)]:
            print("    api:", line)

    # --- the judgement ----------------------------------------------------------------------
    def ledger(self):
        """What the store knows of each delivery, by id."""
        known = {}
        for key in ("outbox", "deliveries"):
            for line in self.redis.ask("--raw", "HVALS", f"mw:{{test}}:{key}").splitlines():
                delivery = json.loads(line)
                known[delivery["id"]] = delivery
        return known

    def judge_ids(self, stored, known):
        """2: a page has one id, and that is in the store."""
        ids = {}
        for r in stored:
            check(r["signature"] is True, "a signature does not hold", r["id"])
            check(r["id"] in known, f"seed {SEED}: a page the store knows nothing of", r)
            if r["type"] in ALARMS or r["type"] == END:
                page = (r["incident"], r["type"], known[r["id"]].get("cycle", 0), r["step"], r["loop"],
                        r["person"], r["channel"])
                ids.setdefault(page, set()).add(r["id"])
        many = {page: i for page, i in ids.items() if len(i) > 1}
        check(not many, f"seed {SEED}: one page under several ids", many)
        return len({r["id"] for r in stored})

    def judge_order(self, stored, known):
        """4: no end before its beginning, no beginning behind its end."""
        begun, ended = {}, {}
        for r in stored:
            contact, cycle = (r["incident"], r["person"], r["channel"]), known[r["id"]].get("cycle", 0)
            if r["type"] in ALARMS:
                check(cycle > ended.get(contact, -1), f"seed {SEED}: an alarm after its end", r)
                begun[contact] = max(cycle, begun.get(contact, -1))
            elif r["type"] == END:
                # A receiver that died while it was asked may have heard what it did not write down.
                check(ended.get(contact, -1) < begun.get(contact, -1) <= cycle or
                      ended.get(contact, -1) == cycle or r["incident"] in self.deaf_incidents,
                      f"seed {SEED}: an end without a beginning", r)
                ended[contact] = max(cycle, ended.get(contact, -1))

    def judge(self):
        stored = [r for r in self.hook.stored() if not str(r["key"]).startswith(OWN)]
        known = self.ledger()
        ids = self.judge_ids(stored, known)
        self.judge_order(stored, known)
        open_ones = [json.loads(line)["dedup_key"] for line in
                     self.redis.ask("--raw", "HVALS", "mw:{test}:incidents").splitlines()]
        check(all(key.startswith(OWN) for key in open_ones), f"seed {SEED}: open in the store", open_ones)
        return len(stored), ids


def test_kill_9_anywhere__no_page_lost__none_under_two_ids():
    with World() as w:
        storm = Storm(w)
        until(lambda: all(w.monitor(n).get("state") == "up" for n in storm.targets), "the monitors to be up")
        for number in range(1, ROUNDS + 1):
            storm.round(number)
        came, pages = storm.judge()
        killed = ", ".join(f"{who} {n}" for who, n in storm.reaper.killed.items())
        print(f"    {ROUNDS} rounds, seed {SEED}: killed {killed}; {pages} pages came {came} times, "
              f"duplicates {100 * (came - pages) / pages:.1f} %")


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
