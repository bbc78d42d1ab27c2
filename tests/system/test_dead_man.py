#!/usr/bin/env python3
"""Somebody outside is told that midwatch could page, and hears nothing when it could not."""
import http.server
import json
import re
import threading
import time

import harness
from harness import World, check, equal, steady, until

EVERY = 10


class Listener(http.server.ThreadingHTTPServer):
    """What the dead man's switch hears."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Ear)
        self.pings, self.answer = [], 200
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()


class Ear(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.pings.append((time.monotonic(), self.path, dict(self.headers), body))
        self.send_response(self.server.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()


def metric(w, name):
    found = re.search(rf"^midwatch_dead_man_{name} (\S+)$", w.http("GET", "/metrics")[1], re.M)
    return float(found[1]) if found else None


def start(w, hook, **changes):
    ear = w.ends(Listener())
    config = w.config(w.target(), hook, dead_man={"url": ear.url + "/ping/s3cret-key", "every": f"{EVERY}s"}, **changes)
    w.run(config)
    return ear


def test_ping__while_all_is_well__comes_with_counters_and_keeps_its_secret():
    with World() as w:
        ear = start(w, w.receiver())
        until(lambda: len(ear.pings) >= 2, "two pings", EVERY * 3)
        check(ear.pings[1][0] - ear.pings[0][0] > EVERY - 1, "pings come too often")
        _, path, headers, body = ear.pings[1]
        equal(path, "/ping/s3cret-key", "the path")
        equal(headers["Content-Type"], "application/json", "the type")
        said = json.loads(body)
        equal({k: said[k] for k in ("name", "region", "monitors", "open_incidents", "oldest_due_ms", "store_up")},
              {"name": "test", "region": "local", "monitors": 1, "open_incidents": 0, "oldest_due_ms": 0,
               "store_up": True}, "the body")
        check(said["probes"] > 1, "probes in the body", said)
        until(lambda: metric(w, "pings_total") == 2, "two pings in the metrics")
        equal([metric(w, n) for n in ("failures_total", "audit_clean")], [0, 1], "the other metrics")
        check(abs(metric(w, "last_success_timestamp_seconds") - time.time()) < 60, "when the last got through")
        ear.answer = 500
        until(lambda: metric(w, "failures_total") == 1, "one that fails", EVERY * 2)
        until(lambda: "is not reached: answered 500" in w.daemon.log, "a line about it")
        ear.answer = 200
        until(lambda: "is reached again" in w.daemon.log, "a line about its end", EVERY * 2)
        check("s3cret" not in w.daemon.log, "the log has the secret")
        check("s3cret" not in w.http("GET", "/metrics")[1], "/metrics has the secret")


def test_page_that_cannot_get_out__for_five_minutes__nobody_is_pinged_until_it_does():
    """The five minutes go by while the daemon is dead: what is kept of the page is made older."""
    with World() as w:
        hook, redis = w.receiver("500"), w.redis()
        target = w.target()
        ear = w.ends(Listener())
        config = w.config(target, hook, store={"url": redis.url, "dir": w.folder + "/data"},
                          dead_man={"url": ear.url, "every": f"{EVERY}s"})
        w.run(config)
        until(lambda: ear.pings, "the first ping", EVERY * 2)
        target.set("500")
        until(lambda: hook.seen(type="incident.triggered"), "the page to be tried")
        w.daemon.kill()
        make_older(redis, 6 * 60 * 1000)
        n = len(ear.pings)
        w.run()
        until(lambda: "not pinged: " in w.daemon.log, "a line that says why not", EVERY * 2)
        check("a page by channel ana-hook has been waiting for 6m" in w.daemon.log, "the fault is not named")
        until(lambda: metric(w, "audit_clean") == 0, "the audit in the metrics")
        steady(lambda: len(ear.pings) == n, "silence", EVERY + 3)
        equal(w.daemon.log.count("not pinged: "), 1, "lines about it")
        hook.script("*", "200")
        until(lambda: len(ear.pings) > n, "pings again, now that it got out", 60)
        check("pinged again" in w.daemon.log, "no line about the end")


def make_older(redis, ms):
    """Every delivery in Redis that is not done was decided that much earlier."""
    changed = 0
    for key in redis.keys():
        if redis.ask("TYPE", key) != "hash":
            continue
        for field in redis.ask("HKEYS", key).splitlines():
            text = redis.ask("HGET", key, field)
            if not text.startswith("{") or '"notice"' not in text:
                continue
            record = json.loads(text)
            if record.get("state") not in ("waiting", "sending"):
                continue
            record["created"] -= ms
            redis.ask("HSET", key, field, json.dumps(record, separators=(",", ":")))
            changed += 1
    check(changed, "no delivery is waiting in Redis")


def test_reload__that_brings_or_takes_the_switch__is_followed():
    with World() as w:
        ear = w.ends(Listener())
        config = w.config(w.target(), w.receiver())
        w.run(config)
        equal(metric(w, "pings_total"), None, "metrics without a switch")
        w.write(config | {"dead_man": {"url": ear.url, "every": f"{EVERY}s"}})
        w.daemon.send(harness.signal.SIGHUP)
        until(lambda: ear.pings, "a ping after the reload", EVERY * 2)
        w.write(config)
        w.daemon.send(harness.signal.SIGHUP)
        until(lambda: metric(w, "pings_total") is None, "the metrics to go with it")


harness.main(__name__)
