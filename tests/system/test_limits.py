#!/usr/bin/env python3
"""A channel that may take only so much, regions that must be there, a probe that is asked for."""
import json
import re
import time

import harness
from harness import World, check, equal, steady, until


def metric(w, line):
    found = re.search(rf"^{re.escape(line)} (\S+)$", w.http("GET", "/metrics")[1], re.M)
    return float(found[1]) if found else None


def limited(w, hook, target, most):
    config = w.config(target, hook, store={"url": w.redis().url, "dir": w.folder + "/data"})
    config["monitors"] = [config["monitors"][0] | {"name": f"m{i}"} for i in range(5)]
    config["channels"]["ana-hook"]["most_per_minute"] = most
    return config


def waiting(w):
    return metric(w, "midwatch_deliveries_waiting_turn")


def triggered(hook):
    return hook.seen(type="incident.triggered", person="ana")


def test_channel_with_a_limit__the_rest_waits_its_turn__what_is_old_news_then_is_not_sent():
    with World() as w:
        hook, target = w.receiver(), w.target()
        config = limited(w, hook, target, 2)
        w.run(config)
        until(lambda: w.monitor("m4").get("state") == "up", "the monitors to be up")
        target.set("500")
        until(lambda: waiting(w) == 3, "three pages to wait")
        equal(len(triggered(hook)), 2, "pages")
        sent = {r["incident"] for r in triggered(hook)}
        late = [i for i in w.incidents() if i["id"] not in sent]
        equal(len(late), 3, "incidents whose page waits")
        check(all(d["state"] == "sending" for d in w.outbox()), "what waits is being sent, for the engine", w.outbox())
        equal(w.http("POST", f"/api/v1/incidents/{late[0]['id']}/ack", {})[0] // 100, 2, "the acknowledgement")
        steady(lambda: len(triggered(hook)) == 2, "no more pages than the limit", 2)
        config["channels"]["ana-hook"]["most_per_minute"] = 0
        w.write(config)
        w.daemon.send(harness.signal.SIGHUP)
        until(lambda: len(triggered(hook)) == 4, "the others, when the limit is gone")
        until(lambda: not w.outbox(), "the outbox to be empty")
        check(late[0]["id"] not in {r["incident"] for r in triggered(hook)}, "the acknowledged one was paged")
        equal(len({r["id"] for r in triggered(hook)}), 4, "deliveries")
        equal(waiting(w), 0, "waiting")
        equal(metric(w, 'midwatch_channel_attempts_total{channel="ana-hook",outcome="accepted"}') >= 4, True, "accepted")


def test_killed_while_pages_wait_their_turn__the_next_life_sends_each_once():
    with World() as w:
        hook, target = w.receiver(), w.target()
        w.run(limited(w, hook, target, 3))
        until(lambda: w.monitor("m4").get("state") == "up", "the monitors to be up")
        target.set("500")
        until(lambda: waiting(w) == 2, "two pages to wait")
        w.daemon.kill()
        w.run()
        until(lambda: len({r["incident"] for r in triggered(hook)}) == 5, "all five pages")
        equal(len({r["id"] for r in triggered(hook)}), 5, "ids")


def test_stopped_while_pages_wait_their_turn__ends_in_time():
    with World() as w:
        hook, target = w.receiver(), w.target()
        w.run(limited(w, hook, target, 1))
        until(lambda: w.monitor("m4").get("state") == "up", "the monitors to be up")
        target.set("500")
        until(lambda: waiting(w) == 4, "four pages to wait")
        began = time.monotonic()
        equal(w.daemon.stop(), 0, "exit status")
        check(time.monotonic() - began < 5, "stopping took too long", time.monotonic() - began)


def test_attempt__in_the_ledger__has_the_digest_of_what_was_sent():
    with World() as w:
        hook, target, redis = w.receiver(), w.target(), w.redis()
        w.run(w.config(target, hook, store={"url": redis.url, "dir": w.folder + "/data"}))
        until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
        target.set("500")
        until(lambda: triggered(hook), "the page")
        record = until(lambda: [a for a in attempts(redis) if a["delivery"] == triggered(hook)[0]["id"]], "its attempt")[0]
        check(re.fullmatch("[0-9a-f]{64}", record["digest"]), "a digest", record)


def attempts(redis):
    """Every record of an attempt in the ledger."""
    lines = redis.ask("XRANGE", redis.keys("*:ledger")[0], "-", "+").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_parent_that_was_not_looked_at_for_long__is_probed_at_once_when_its_child_fails():
    with World() as w:
        hook, db, web = w.receiver(), w.target(), w.target()
        config = w.config(web, hook)
        api = config["monitors"][0]
        config["monitors"] = [api | {"depends_on": ["db"]},
                              api | {"name": "db", "http": db.url, "interval": "10m", "fail_after": 1}]
        w.run(config)
        until(lambda: [w.monitor(m).get("state") for m in ("api", "db")] == ["up", "up"], "both to be up")
        db.set("500")
        web.set("500")
        until(lambda: hook.seen(type="incident.triggered", monitor="db"), "the page for db, ten minutes early")
        steady(lambda: not hook.seen(type="incident.triggered", monitor="api"), "no page for api", 2)


def test_spool_that_is_full__is_told__and_nobody_is_ready_until_results_are_kept_again():
    with World() as w:
        hook, redis = w.receiver(), w.redis()
        config = w.config(w.target(), hook, store={"url": redis.url, "dir": w.folder + "/data", "spool_max": "100kB"})
        config["monitors"] = [config["monitors"][0] | {"name": f"m{i}", "interval": "200ms", "retry_interval": "200ms",
                                                       "timeout": "200ms"}
                              for i in range(40)]
        w.run(config)
        until(lambda: w.monitor("m39").get("state") == "up", "the monitors to be up")
        redis.kill()
        told = until(lambda: hook.seen(key="self:store", type="incident.triggered"), "the store's trouble to be told", 40)
        until(lambda: (metric(w, "midwatch_store_dropped_samples_total") or 0) > 0, "samples to be dropped", 60)
        until(lambda: w.http("GET", "/readyz")[0] == 503, "/readyz to say no")
        redis.start()
        until(lambda: hook.seen(key="self:store", type="incident.resolved"), "the end to be told", 120)
        until(lambda: w.http("GET", "/readyz")[0] == 200, "/readyz to say yes")
        equal(len({r["incident"] for r in hook.seen(key="self:store")}), 1, "incidents")
        check(told[0]["body"]["data"]["incident"]["title"].startswith("midwatch cannot reach its store: "), "the title")


def test_region_that_must_be_there__is_missed_after_a_minute__and_its_return_is_told():
    with World() as w:
        hook, redis = w.receiver(), w.redis()
        w.run(w.config(w.target(), hook, store={"url": redis.url, "dir": w.folder + "/data"}, region="fra",
                       regions=["fra", "nyc"]))
        began = time.monotonic()
        until(lambda: metric(w, 'midwatch_region_seen{region="fra"}') == 1, "our own region to be seen")
        missed = until(lambda: hook.seen(key="self:region:nyc", type="incident.triggered"), "nyc to be missed", 90)[0]
        check(time.monotonic() - began > 55, "missed too soon")
        check("nyc has never been seen" in missed["body"]["data"]["incident"]["title"], "the title", missed["body"])
        key = redis.keys("*regions*")[0]
        redis.ask("HSET", key, "nyc", "1000")       # by a clock of 1970: what counts is that it moves
        until(lambda: hook.seen(key="self:region:nyc", type="incident.resolved"), "its return to be told")
        equal(metric(w, 'midwatch_region_seen{region="nyc"}'), 1, "nyc in the metrics")
        equal(hook.seen(key="self:region:fra"), [], "incidents about our own region")


harness.main(__name__)
