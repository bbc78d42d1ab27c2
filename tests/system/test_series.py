#!/usr/bin/env python3
"""Measurements, from what the target really answered to what is asked, drawn and told."""
import collections
import json
import random
import re
import struct
import time

import harness
from harness import World, check, equal, until

DAY_S = 86400


def counting(target):
    """Counts what was really answered, by mode."""
    answered, answer = collections.Counter(), target.answer

    def count(c):
        mode = target.mode
        answer(c)
        answered[mode] += 1
    target.answer = count
    return answered


def a_config(w, target, **monitor):
    c = w.config(target, w.receiver())
    c["monitors"][0] |= {"interval": "1s", "retry_interval": "1s", "timeout": "1s", "group": "core"} | monitor
    return c


def total(w, name, more=""):
    """The one point of the last ten minutes, and the whole answer."""
    answer = w.api(f"/monitors/{name}/series?from=-10m&step=all{more}")
    return (answer["points"][0], answer) if answer else (None, None)


def results(w, name="api"):
    return (total(w, name)[0] or {}).get("results") or 0


def test_numbers__agree_with_what_the_target_answered__also_when_the_monitor_is_gone():
    with World() as w:
        target = w.target()
        answered = counting(target)
        c = a_config(w, target)
        c["monitors"].append({"name": "other", "http": w.target().url, "interval": "1s"})
        w.run(c)
        until(lambda: results(w) >= 3, "three results")
        target.set("500")
        until(lambda: answered["500"] >= 3, "three failures")
        target.set("ok")
        until(lambda: results(w) >= 9, "nine results")
        w.write(c | {"monitors": c["monitors"][1:]})
        w.daemon.send(harness.signal.SIGHUP)
        until(lambda: w.http("GET", "/api/v1/monitors/api")[0] == 404, "the monitor to be gone")
        until(lambda: results(w) == sum(answered.values()), "as many results as there were answers")
        p, answer = total(w, "api")
        equal((p["up"], p["down"], p["unknown"]), (answered["ok"], answered["500"], 0), "up, down, unknown")
        equal(p["reasons"], {"status": answered["500"]}, "the reasons")
        equal(p["availability"], round(p["up"] / p["results"], 7), "availability")
        check(p["results"] <= p["expected"] <= p["results"] + 2, "about as many were expected", p)
        check(0 < p["latency_ms"]["min"] <= p["latency_ms"]["p50"] * 1.04, "latencies are there", p)
        equal((answer["exact"], answer["damaged"], answer["tiers"]), (True, 0, ["raw"]), "exact, damaged, tiers")
        one = w.api("/monitors/api/series?from=-2m&step=1s")["points"]
        equal(sum(x["results"] for x in one), p["results"], "the same second by second")
        check(all(x["up"] is None for x in one if x["results"] == 0), "a gap is null, not 0")
        check(any(x["results"] == 0 for x in one), "there is a gap before the first result")
        equal(w.http("GET", "/api/v1/monitors/apj/series")[0], 404, "status for one that never was")


def test_graph_and_status__tell_the_same_to_people():
    with World() as w:
        target = w.target()
        answered = counting(target)
        w.run(a_config(w, target))
        until(lambda: results(w) >= 3, "three results")
        target.set("500")
        until(lambda: answered["500"] >= 3 and results(w) >= 6, "three failures")
        target.set("ok")
        until(lambda: results(w) >= 9, "nine results")
        text = w.cli("graph", "api", "--since", "1m", "--step", "1s").stdout
        check("p99 of latency, each 1s" in text and "┤" in text and "█ down" in text, "the picture", text)
        check(max(map(len, text.splitlines())) <= 80, "80 columns when there is no terminal", text)
        check("\033" not in text, "no colour when there is no terminal")
        check(re.search(r"available [\d.]+%, from \d+ of \d+ results \(coverage [\d.]+%\)", text), "the foot", text)
        plain = w.cli("graph", "api", "--since", "1m", "--what", "availability", env={"LANG": "C"}).stdout
        check(plain.isascii() and "X down" in plain or "x partly down" in plain, "plain where the locale is", plain)
        both = json.loads(w.cli("graph", "api", "api", "--since", "1m", "--json").stdout)
        equal(len(both), 2, "answers of --json for two")
        table = w.cli("status", "--since", "10m").stdout
        row = re.search(r"^api +([\d.]+)% +([\d.]+)% +(\d+) of (\d+) ", table, re.M)
        check(row and "group core" in table and re.search(r"^all ", table, re.M), "api, its group and all", table)
        check(float(row[1]) < 100 and int(row[3]) >= 9, "what was down shows", table)
        whole = json.loads(w.cli("status", "--since", "10m", "--json").stdout)["all"]["points"][0]
        check(whole["results"] >= 9 and whole["coverage"] > 0.5, "--json", whole)
        for words in (["graph"], ["graph", "api", "--what", "weather"], ["graph", "api", "--since", "often"],
                      ["graph", "api", "--since", "1h", "--from", "10:00"], ["status", "--since", "long"]):
            w.cli(*words, status=2)
        check("there is no monitor nobody" in w.cli("graph", "nobody", status=1).stderr, "a clear word")


def test_renamed__the_history_goes_along():
    with World() as w:
        c = a_config(w, w.target())
        w.run(c)
        until(lambda: results(w) >= 3, "three results")
        c["monitors"][0] |= {"name": "front", "was": "api"}
        w.write(c)
        w.daemon.send(harness.signal.SIGHUP)
        until(lambda: w.http("GET", "/api/v1/monitors/front")[0] == 200, "the new name")
        until(lambda: results(w, "front") >= 5, "old and new results together")
        until(lambda: w.http("GET", "/api/v1/monitors/api/series")[0] == 404, "nothing under the old name")


def slots(day_s, interval_s, broken=()):
    """An open block: 40 ms and up; down by `connect` in the hours of `broken`."""
    latency = 1 + 10 * 32 + 7
    up, down = struct.pack(">HBB", latency, 1, 4), struct.pack(">HBB", 0, 1 + 2 * 31 + 2, 4)
    return b"".join(down if at // 3600 in broken else up for at in range(0, DAY_S, interval_s)) + b"\x02"


def put_history(redis, days, ident="0123456789ab"):
    """Results every minute of some days that are over, as a daemon leaves them that was stopped."""
    today = int(time.time()) // DAY_S * DAY_S
    for n in range(1, days + 1):
        day = today - n * DAY_S
        key = f"mw:{{test}}:raw:{ident}:{time.strftime('%Y%m%d', time.gmtime(day))}"
        block = slots(day, 60, broken=[5] if n == 2 else ())
        harness.subprocess.run(["redis-cli", "-p", str(redis.port), "-x", "SET", key], input=block,
                               stdout=harness.subprocess.DEVNULL, check=True)
    first, last = (today - days * DAY_S) * 1000, (today - DAY_S) * 1000
    redis.ask("HSET", "mw:{test}:series", "local/api",
              json.dumps({"epochs": [{"id": ident, "interval": 60000, "from": first, "last": last}]}))
    return today


def rolled_up(redis):
    epochs = json.loads(redis.ask("HGET", "mw:{test}:series", "local/api"))["epochs"]
    return any(e["id"] == "0123456789ab" and e.get("rolled", 0) > e["last"] for e in epochs)


def instant(at_s):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at_s))


def test_days_that_are_over__added_up__then_bits_flip__the_rest_is_served_and_it_is_said():
    with World() as w:
        redis = w.redis()
        today = put_history(redis, 4)
        w.run(a_config(w, w.target(), interval="60s") | {"store": {"url": redis.url, "dir": w.folder + "/data"}})
        until(lambda: rolled_up(redis), "the days to be added up")

        def ask(more, days=4):
            return w.api(f"/monitors/api/series?from={instant(today - days * DAY_S)}&to={instant(today)}&{more}")
        answer = ask("step=all")
        equal((answer["tiers"], answer["exact"]), (["day"], True), "read from days alone")
        p = answer["points"][0]
        equal((p["results"], p["expected"], p["down"], p["coverage"]), (4 * 1440, 4 * 1440, 60, 1), "four days")
        equal(p["reasons"], {"connect": 60}, "the reasons")
        hours = ask("step=1h")
        equal(hours["tiers"], ["hour"], "read from hours")
        equal([i for i, x in enumerate(hours["points"]) if x["down"]], [2 * 24 + 5], "the hour that was down")
        minutes = ask("step=1m", days=1)
        equal((minutes["tiers"], len(minutes["points"])), (["raw"], 1440), "read singly")
        equal(sum(x["results"] for x in minutes["points"]), 1440, "a day minute by minute")

        key = [k for k in redis.keys("mw:*raw:0123456789ab:*") if time.strftime("%Y%m%d", time.gmtime(today - DAY_S)) in k][0]
        size = int(redis.ask("STRLEN", key))
        at = random.randrange(1, size)
        before = redis.ask("GETRANGE", key, str(at), str(at))
        redis.ask("SETRANGE", key, str(at), "x" if before != "x" else "y")
        broken = ask("step=1m", days=2)
        equal(broken["damaged"], 1, "damaged blocks")
        equal(sum(x["results"] for x in broken["points"]), 1440, "the other day is served")
        text = w.cli("graph", "api", "--from", instant(today - 2 * DAY_S), "--to", instant(today), "--step", "30m").stdout
        equal(ask("step=all")["damaged"], 0, "the days themselves are whole")
        raw = w.cli("graph", "api", "--from", instant(today - 2 * DAY_S), "--to", instant(today), "--step", "1m").stdout
        check("1 damaged block could not be read" in raw, "said to people", raw, text)
        check(f"{key} is damaged" in w.daemon.log, "said in the log")


harness.main(__name__)
