#!/usr/bin/env python3
"""`midwatch store check`: finds each damage that is planted, mends what it may, and says no more."""
import json
import random
import struct
import subprocess
import time
import zlib

import harness
from harness import World, check, equal, until

DAY = 86400
ID = "k3fabcdefgh1"      # one every minute
QUICK = "k3fabcdefgh2"   # one every 10 s: has roll-ups by minutes
GOOD = ["api", "db"]


def key(rest):
    return "mw:{test}:" + rest


def put(redis, rest, content):
    subprocess.run(["redis-cli", "-p", str(redis.port), "-x", "SET", key(rest)], input=content, timeout=10,
                   check=True, stdout=subprocess.DEVNULL)


def day(ago, form="%Y%m%d"):
    return time.strftime(form, time.gmtime(time.time() - ago * DAY))


def a_day(interval, seed):
    """An open block: a result in every slot, one in fifty of them bad."""
    r = random.Random(seed)
    slots = b"".join(struct.pack(">HBB", r.randrange(300, 420), 1 + 2 * 31 + 2 if r.random() < .02 else 1,
                                 r.randrange(8)) for _ in range(DAY // interval))
    return slots + b"\x02"


def two_days(w, redis):
    """Results of two days that are over, then a daemon that seals and rolls them up; and a night."""
    midnight = int(time.time()) // DAY * DAY
    for monitor, id_, interval in (("api", ID, 60), ("db", QUICK, 10)):
        redis.ask("HSET", key("series"), "local/" + monitor, json.dumps({"epochs": [
            {"id": id_, "interval": interval * 1000, "from": (midnight - 3 * DAY) * 1000,
             "last": (midnight - DAY - 1) * 1000}]}, separators=(",", ":")))
        for ago in (2, 3):
            put(redis, f"raw:{id_}:{day(ago)}", a_day(interval, ago))
            redis.ask("EXPIREAT", key(f"raw:{id_}:{day(ago)}"), str(midnight + 20 * DAY))
    hook, target = w.receiver(), w.target()
    config = w.config(target, hook, store={"url": redis.url, "dir": w.folder + "/data",
                                           "retention": {"raw": "20d", "minute": "20d"}})
    config["monitors"][0]["interval"] = "60s"
    config["monitors"].append(config["monitors"][0] | {"name": "db", "interval": "10s", "fail_after": 1})
    config["monitors"].append(config["monitors"][0] | {"name": "now", "interval": "500ms"})
    w.run(config)
    until(lambda: redis.ask("EXISTS", *[key(f"{t}:{i}:{day(ago, f)}") for ago in (2, 3) for i in (ID, QUICK)
                                        for t, f in (("hour", "%Y%m"), ("day", "%Y%m"))]) == "8", "the roll-ups", 30)
    until(lambda: redis.bytes(key(f"raw:{QUICK}:{day(2)}"))[:1] == b"\xb5", "the sealed days", 30)
    until(lambda: w.monitor("now").get("state") == "up", "the monitor to be up")
    target.set("500")
    until(lambda: hook.seen(person="ana"), "the page")
    target.set("ok")
    until(lambda: [r for r in hook.seen() if r["type"] == "incident.resolved"], "the resolve")
    until(lambda: not w.outbox(), "the outbox to be empty")


def found(w, *more, status=None):
    done = w.cli("store", "check", "--json", *more, status=status)
    check(done.stdout.startswith("{"), "JSON", done.stdout, done.stderr)
    return json.loads(done.stdout)


def in_words(answer):
    return "\n".join(f"{f['key']}: {f['what']}" for f in answer["findings"])


def plant(redis):
    """name: (how it is damaged, what is said of it, of which key, can it be mended?)"""
    yesterday, month = day(2), day(2, "%Y%m")
    sealed, minute = f"raw:{QUICK}:{yesterday}", f"minute:{QUICK}:{yesterday}"
    hour, whole = f"hour:{ID}:{month}", f"day:{ID}:{month}"
    incident = redis.ask("HKEYS", key("resolved")).splitlines()[0]
    delivery = redis.ask("HKEYS", key("deliveries")).splitlines()[0]

    def flip(rest, at):
        content = bytearray(redis.bytes(key(rest)))
        content[at] ^= 4
        return lambda: put(redis, rest, bytes(content))

    def cut(rest):
        content = redis.bytes(key(rest))
        return lambda: put(redis, rest, content[:-3])

    def ask(*words):
        return lambda: redis.ask(words[0], key(words[1]), *words[2:])

    return {
        "a sealed day with a flipped bit": (flip(sealed, 100), "", sealed, True),
        "a sealed day that was cut": (cut(f"raw:{ID}:{yesterday}"), "", f"raw:{ID}:{yesterday}", True),
        "an hour roll-up with a flipped bit": (flip(hour, 30), "", hour, True),
        "a day roll-up that was cut": (cut(whole), "", whole, True),
        "a minute roll-up that is gone": (ask("DEL", minute), "missing", minute, True),
        "an hour roll-up that is gone": (ask("DEL", hour), "missing", hour, True),
        "roll-ups of another series": (lambda: put(redis, hour, redis.bytes(key(f"hour:{QUICK}:{month}"))),
                                       "does not say", hour, True),
        "a rolled day that is open": (lambda: put(redis, f"raw:{ID}:{yesterday}", a_day(60, 2)), "still open",
                                      f"raw:{ID}:{yesterday}", True),
        "a hash where a block should be": (lambda: (ask("DEL", sealed)(), ask("HSET", sealed, "a", "b")()),
                                           "no string", sealed, True),
        "a block that nobody knows": (lambda: put(redis, f"raw:zzzz:{yesterday}", a_day(60, 2)), "no series",
                                      f"raw:zzzz:{yesterday}", True),
        "a block without an end of life": (ask("PERSIST", minute), "no end of life", minute, True),
        "an entry without blocks": (ask("HSET", "series", "local/lost", json.dumps(
            {"epochs": [{"id": "lost", "interval": 60000, "from": (int(time.time()) - 3 * DAY) * 1000,
                         "last": (int(time.time()) - 2 * DAY) * 1000}]})), "nothing is kept", "series", True),
        "an entry that can't be read": (ask("HSET", "series", "local/x", "{"), "can't be read", "series", False),
        "half a cell of an SLO": (lambda: put(redis, f"slo:local:web:{month}", b"x" * 17), "cells",
                                  f"slo:local:web:{month}", False),
        "a key of somebody else": (lambda: put(redis, "what", b"x"), "none of ours", "what", False),
        "an incident gone from its index": (ask("ZREM", "resolved:index", incident), incident, "resolved:index", True),
        "an index with a wrong instant": (ask("ZADD", "deliveries:index", "5", delivery), delivery,
                                          "deliveries:index", True),
        "an index with what is not there": (ask("ZADD", "deliveries:index", "5", "nobody"), "nobody",
                                            "deliveries:index", True),
        "a delivery gone from its incident": (ask("HDEL", "deliveries:of", incident), "missing", "deliveries:of", True),
        "a delivery that can't be read": (ask("HSET", "deliveries", delivery, "{}"), "can't be read", "deliveries",
                                          False),
        "a delivery in the wrong place": (lambda: (
            ask("HSET", "outbox", delivery, redis.ask("HGET", key("deliveries"), delivery))(),
            ask("HDEL", "deliveries", delivery)()), "belongs into deliveries", "outbox", False),
        "a transition that can't be read": (ask("XADD", "audit", "*", "j", "{"), "can't be read", "audit", False),
    }


def test_check__of_a_night__finds_nothing__also_beside_the_daemon():
    with World() as w:
        redis = w.redis()
        two_days(w, redis)
        for _ in range(3):
            answer = found(w)
            equal(in_words(answer), "", "findings beside the daemon")
        said = w.cli("store", "check", "--repair", status=1).stderr
        check("in use" in said or "stop it first" in said, "no repair beside a daemon", said)
        w.daemon.stop()
        answer = found(w, status=0)
        looked = answer["looked_at"]
        equal([looked[k] for k in ("raw_sealed", "minute", "compared", "incidents")], [4, 2, 4, 1], f"of {looked}")
        check(looked["hour"] >= 2 and looked["day"] >= 2 and looked["records"] > 4, "what was looked at", looked)
        out = w.cli("store", "check").stdout
        check("nothing is wrong" in out and "4 sealed days" in out, "in words", out)


def test_check__each_damage__is_found_by_its_key_and_mended_or_left():
    with World() as w:
        redis = w.redis()
        two_days(w, redis)
        w.daemon.stop()
        w.cli("export", "good.mw")
        redis.ask("HDEL", key("regions"), "local")
        for name in list(plant(redis)):
            damage, words, of, mends = plant(redis)[name]
            decided = {k: redis.ask("HGETALL", key(k)) for k in ("incidents", "resolved", "outbox", "deliveries")}
            kept = {k: redis.bytes(key(k)) for k in (f"hour:{ID}:{day(2, '%Y%m')}", f"day:{ID}:{day(2, '%Y%m')}",
                                                     f"minute:{QUICK}:{day(2)}")}
            damage()
            harmed = {k: redis.ask("HGETALL", key(k)) for k in decided}
            answer = found(w, status=1)
            hits = [f for f in answer["findings"] if f["key"] == key(of) and words in f["what"]]
            check(hits, f"{name}: is not found", in_words(answer))
            equal({f["key"] for f in answer["findings"]}, {key(of)}, f"{name}: keys that something is said of")
            answer = found(w, "--repair", status=0 if mends else 1)
            equal({k: redis.ask("HGETALL", key(k)) for k in decided}, harmed, f"{name}: what decides pages")
            if mends:
                equal(in_words(found(w, status=0)), "", f"{name}: after the repair")
                for k, content in kept.items():
                    equal(redis.bytes(key(k)), content, f"{name}: {k} after the repair")
            redis.ask("HDEL", key("regions"), "local")
            w.cli("import", "good.mw", "--replace")
            redis.ask("HDEL", key("regions"), "local")


def an_old_month(w, redis):
    """Six days of a month so long ago that only their roll-ups are kept. Returns how its blocks are named, and what asks."""
    first = int(time.time()) // DAY * DAY - 75 * DAY
    first -= (time.gmtime(first).tm_mday - 3) * DAY
    redis.ask("HSET", key("series"), "local/api", json.dumps({"epochs": [
        {"id": ID, "interval": 60000, "from": first * 1000, "last": (first + 6 * DAY - 1) * 1000}]}))
    for n in range(6):
        put(redis, time.strftime(f"raw:{ID}:%Y%m%d", time.gmtime(first + n * DAY)), a_day(60, n))
    config = w.config(w.target(), w.receiver(), store={"url": redis.url, "dir": w.folder + "/data"})
    config["monitors"][0]["interval"] = "60s"
    w.run(config)
    until(lambda: f'"rolled":{(first + 6 * DAY) * 1000}' in redis.ask("HGET", key("series"), "local/api"),
          "the days to be rolled up", 30)
    equal(redis.keys(key(f"raw:{ID}:*")), [], "results that are kept of it")
    span = [time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(first + n * DAY)) for n in (0, 6)]

    def ask():
        answer = w.api(f"/monitors/api/series?from={span[0]}&to={span[1]}&step=1d")
        for p in answer["points"]:
            p.pop("lateness_ms")        # its sum is kept to a sixteenth only
        return answer
    return time.strftime(f"{ID}:%Y%m", time.gmtime(first)), ask


def test_day_block__of_a_month_without_results__rebuilt_from_its_hours():
    with World() as w:
        redis = w.redis()
        month, ask = an_old_month(w, redis)
        days, hours = "day:" + month, "hour:" + month
        good, good_hours = redis.bytes(key(days)), redis.bytes(key(hours))
        ends = redis.ask("EXPIRETIME", key(days))
        before = ask()
        equal((before["tiers"], before["damaged"], [p["results"] for p in before["points"]]),
              (["day"], 0, [1440] * 6), "read from days")
        flipped = bytearray(good)
        flipped[len(good) // 2] ^= 4
        for name, damage, words in (
                ("a flipped bit", lambda: put(redis, days, bytes(flipped)), "damaged (its CRC-32 differs); 6 days"),
                ("none at all", lambda: redis.ask("DEL", key(days)), "it is missing; 6 days"),
                ("a list", lambda: (redis.ask("DEL", key(days)), redis.ask("RPUSH", key(days), "x")), "no string")):
            damage()
            redis.ask("EXPIREAT", key(days), ends)
            check(ask()["points"] != before["points"], f"{name}: something is lost")
            w.daemon.stop()
            f, = found(w, status=1)["findings"]
            equal((f["key"], f["mended"], words in f["what"]), (key(days), None, True), f"{name}: {f}")
            redis.ask("HDEL", key("regions"), "local")
            f, = found(w, "--repair", status=0)["findings"]
            equal((f["key"], f["mended"]), (key(days), "rebuilt"), f"{name}: {f}")
            equal(redis.ask("EXPIRETIME", key(days)), ends, f"{name}: its end of life")
            equal(redis.ask("EXISTS", key(days + ":damaged")), "0" if name == "none at all" else "1", f"{name}: set aside")
            redis.ask("DEL", key(days + ":damaged"))
            equal(in_words(found(w, status=0)), "", f"{name}: after the repair")
            w.run()
            equal(ask(), before, f"{name}: the answer after the repair")
            equal(redis.bytes(key(hours)), good_hours, f"{name}: the hours")
        w.daemon.stop()
        redis.ask("HDEL", key("regions"), "local")
        put(redis, days, bytes(flipped))
        redis.ask("EXPIREAT", key(days), ends)
        redis.ask("DEL", key(hours))
        f, = found(w, "--repair", status=0)["findings"]
        equal((f["mended"], "no hours of its month" in f["what"]), ("set aside", True), f"without hours: {f}")
        equal(redis.bytes(key(days + ":damaged")), bytes(flipped), "without hours: what was set aside")
        put(redis, days, good)
        put(redis, hours, good_hours[:-2])
        for form in (days, hours):
            redis.ask("EXPIREAT", key(form), ends)
        f, = found(w, "--repair", status=0)["findings"]
        equal((f["key"], f["mended"], redis.bytes(key(days))), (key(hours), "set aside", good), "of days no hours are made")


def test_roll_ups__written_otherwise__but_of_the_same_tallies__nothing_is_wrong():
    with World() as w:
        redis = w.redis()
        two_days(w, redis)
        w.daemon.stop()
        for rest in (f"day:{ID}:{day(2, '%Y%m')}", f"hour:{ID}:{day(2, '%Y%m')}", f"minute:{QUICK}:{day(2)}"):
            longer = redis.bytes(key(rest))[:-4] + b"\0"     # zeros at the end say nothing
            ends = redis.ask("EXPIRETIME", key(rest))
            put(redis, rest, longer + struct.pack(">I", zlib.crc32(longer)))
            redis.ask("EXPIREAT", key(rest), ends)
        equal(in_words(found(w, status=0)), "", "findings")


harness.main(__name__)
