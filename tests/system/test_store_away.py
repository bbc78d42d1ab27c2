#!/usr/bin/env python3
"""Redis away, pages still go out; what happened meanwhile is in Redis afterwards."""
import signal

import harness
from harness import World, check, equal, steady, until

SELF = "self:store"


def start(w, hook, target):
    redis = w.redis()
    w.run(w.config(target, hook, store={"url": redis.url, "dir": w.folder + "/data"}))
    until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
    return redis


def pages(hook, monitor="api"):
    return [r for r in hook.seen(monitor=monitor) if r["type"] == "incident.triggered"]


def outage_while_away(away, back):
    with World() as w:
        hook, target = w.receiver(), w.target()
        redis = start(w, hook, target)
        away(redis)
        target.set("500")
        page = until(lambda: pages(hook), "the page, without Redis")[0]
        equal(page["person"], "ana", "who was paged")
        until(lambda: [r for r in hook.seen(key=SELF) if r["type"] == "incident.triggered"],
              "the loss of Redis to be an incident of its own", 40)
        check(w.daemon.alive(), "the daemon ended")
        equal(w.http("GET", "/healthz")[0], 200, "/healthz while Redis is away")
        back(redis)
        until(lambda: [r for r in hook.seen(key=SELF) if r["type"] == "incident.resolved"],
              "the end of Redis' absence to be told", 40)
        until(lambda: redis.keys("*") and page["incident"] in everything(redis),
              "the incident to be in Redis afterwards")
        target.set("ok")
        until(lambda: [r for r in hook.seen(monitor="api") if r["type"] == "incident.resolved"], "the resolve")
        steady(lambda: len(pages(hook)) == 1, "one page", 1)
        until(lambda: not w.outbox(), "the outbox to be empty")
        # A new life finds it all in Redis.
        equal(w.daemon.stop(), 0, "exit status")
        w.run()
        equal([i for i in w.incidents() if i["state"] != "resolved"], [], "open incidents after a restart")
        steady(lambda: len(pages(hook)) == 1, "no page again after a restart", 1)


def everything(redis):
    """All keys and values in Redis, as one text."""
    out = []
    for key in redis.keys():
        kind = redis.ask("TYPE", key)
        out.append(key + {"string": lambda k: redis.ask("GET", k),
                          "hash": lambda k: redis.ask("HGETALL", k),
                          "list": lambda k: redis.ask("LRANGE", k, "0", "-1"),
                          "set": lambda k: redis.ask("SMEMBERS", k),
                          "zset": lambda k: redis.ask("ZRANGE", k, "0", "-1"),
                          "stream": lambda k: redis.ask("XRANGE", k, "-", "+"),
                          }.get(kind, lambda k: "")(key))
    return "\n".join(out)


def test_redis_killed__during_an_outage__page_goes_out_and_is_kept_afterwards():
    outage_while_away(lambda r: r.kill(), lambda r: r.start())


def test_redis_stopped_answering__during_an_outage__page_goes_out_and_is_kept_afterwards():
    outage_while_away(lambda r: r.send(signal.SIGSTOP), lambda r: r.send(signal.SIGCONT))


def test_redis_away_at_start__pages_all_the_same__and_finds_redis_later():
    with World() as w:
        hook, target = w.receiver(), w.target("500")
        redis = w.redis()
        redis.kill()
        w.run(w.config(target, hook, store={"url": redis.url, "dir": w.folder + "/data"}))
        page = until(lambda: pages(hook), "the page, without Redis")[0]
        redis.start()
        until(lambda: page["incident"] in everything(redis), "the incident to be in Redis afterwards", 40)
        steady(lambda: len(pages(hook)) == 1, "one page", 1)


def test_redis_away__killed_and_started_again__spool_remembers_who_was_paged():
    with World() as w:
        hook, target = w.receiver(), w.target()
        redis = start(w, hook, target)
        redis.kill()
        target.set("500")
        page = until(lambda: pages(hook), "the page, without Redis")[0]
        until(lambda: not w.outbox() or True, "one answer of the API")
        w.daemon.kill()
        w.run()
        target.set("ok")
        end = until(lambda: [r for r in hook.seen(monitor="api") if r["type"] == "incident.resolved"],
                    "the resolve after the crash, from the spool alone", 40)[0]
        equal(end["incident"], page["incident"], "the incident resolved")
        equal(len({r["id"] for r in pages(hook)}), 1, "ids of the page")
        redis.start()
        until(lambda: page["incident"] in everything(redis), "all of it to be in Redis afterwards", 40)


def samples(redis):
    """Slots filled in the raw blocks of today (4 bytes a slot, 0: nothing seen)."""
    raw = b"".join(redis.bytes(k) for k in redis.keys("*:raw:*"))
    return sum(any(raw[i:i + 4]) for i in range(0, len(raw) - 3, 4))


def test_samples__taken_while_redis_was_away__are_there_afterwards():
    with World() as w:
        hook, target = w.receiver(), w.target()
        redis = start(w, hook, target)
        before = until(lambda: samples(redis), "samples in Redis")
        redis.kill()
        count = target.count
        until(lambda: target.count >= count + 8, "eight probes without Redis", 30)
        redis.start()
        until(lambda: samples(redis) >= before + 8, "the samples taken meanwhile", 40)


harness.main(__name__)
