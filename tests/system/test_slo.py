#!/usr/bin/env python3
"""SLOs in the real daemon: a burn pages and ends, what was counted survives a kill and a reload, and
the command, the API and the metrics tell the same."""
import json
import struct
import time

import harness
from harness import World, check, equal, until

QUARTER, MINUTE = 900, 60
PAGE = "slo:api-availability:page"


def config(w, target, hook, redis, **slo):
    """Results every second; 99 % of them, so that the rule of an hour fires above 14.4 %."""
    promise = {"name": "api-availability", "monitors": ["api"], "objective": "99%", "alerts": {"page": "slo"}} | slo
    base = w.config(target, hook, store={"url": redis.url, "dir": w.folder + "/data"}, slos=[promise])
    base["monitors"][0] |= {"interval": "1s", "retry_interval": "1s"}
    base["policies"]["slo"] = {"reopen_window": "0s", "steps": [{"notify": ["channel:ops"]}]}
    return base


def put_history(redis, hours):
    """So many hours with one good result a quarter of an hour, as a former life wrote them."""
    now = int(time.time()) // QUARTER * QUARTER
    for i in range(1, hours * 4 + 1):
        at = now - i * QUARTER
        t = time.gmtime(at)
        month = at - ((t.tm_mday - 1) * 86400 + t.tm_hour * 3600 + t.tm_min * 60 + t.tm_sec)
        key = f"mw:{{test}}:slo:local:api-availability:{t.tm_year}{t.tm_mon:02}"
        cell = "".join(f"\\x{b:02x}" for b in struct.pack(">IIIII", 1, 0, 0, 0, 1))
        redis_bytes(redis, key, (at - month) // QUARTER * 20, cell)


def redis_bytes(redis, key, offset, escaped):
    import subprocess
    subprocess.run(["redis-cli", "-p", str(redis.port)], input=f'SETRANGE {key} {offset} "{escaped}"\n', text=True,
                   stdout=subprocess.DEVNULL, check=True)


def slo(w):
    return w.api("/slos/api-availability") or {}


def pages(hook, kind):
    return [r for r in hook.seen(key=PAGE) if r["type"] == "incident." + kind]


def test_slo__burns__pages_survives_a_kill_and_a_reload_and_is_over():
    with World() as w:
        hook, target, redis = w.receiver(), w.target(), w.redis()
        put_history(redis, 2)
        w.run(config(w, target, hook, redis))
        until(lambda: slo(w).get("good", 0) >= 9, "the history and the first result to be counted")
        until(lambda: slo(w)["rules"][0]["armed"], "history for an hour to arm the first rule")
        equal(pages(hook, "triggered"), [], "pages while all is well")

        target.set("500")
        until(lambda: pages(hook, "triggered"), "the page", 40)
        state = slo(w)
        check(state["bad"] >= 3, "not before three failures", state)
        check(state["rules"][0]["firing"], "the rule says that it fires", state["rules"][0])
        incident = next(i for i in w.incidents() if i["dedup_key"] == PAGE)
        check("api-availability burns its 30-day budget" in incident["title"], "the title", incident)
        why = w.cli("why", incident["id"]).stdout
        check("1h burns" in why and "the rule is 14.4x" in why, "why says which rule", why)

        # Killed: the cells come back, and nobody is paged again.
        until(lambda: sum(cells(redis)) >= state["good"] + state["bad"], "the cells to be in Redis")
        w.daemon.kill()
        kept = cells(redis)
        w.run()
        until(lambda: slo(w).get("bad", 0) >= kept[1], "what was counted to be back")
        check(slo(w)["good"] >= kept[0], "good ones are back", slo(w), kept)
        reloaded = slo(w)
        w.write(config(w, target, hook, redis, objective="98.9%"))
        w.daemon.send(harness.signal.SIGHUP)
        until(lambda: slo(w).get("objective") == 0.989, "the reload")
        check(slo(w)["bad"] >= reloaded["bad"], "a reload keeps what was counted")

        done = w.cli("slo", "api-availability", status=None)
        check("fires" in done.stdout and "98.9" in done.stdout, "midwatch slo", done.stdout, done.stderr)
        metrics = w.http("GET", "/metrics")[1]
        check('midwatch_slo_firing{slo="api-availability",severity="page"} 1' in metrics, "the metrics")

        # The short window forgets: bad / all of five minutes falls below four fifths of the rate.
        target.set("ok")
        until(lambda: pages(hook, "resolved"), "the end", 200)
        equal(len({p["incident"] for p in pages(hook, "triggered")}), 1, "incidents")
        equal(w.daemon.stop(), 0, "exit status")


def test_store__away_before_and_after_a_start__every_count_is_kept_once():
    with World() as w:
        hook, target, redis = w.receiver(), w.target(), w.redis()
        w.run(config(w, target, hook, redis))
        until(lambda: slo(w).get("good", 0) >= 3, "results to be counted")
        redis.kill()
        seen = slo(w)["good"]
        until(lambda: slo(w).get("good", 0) >= seen + 7, "counting to go on in memory", 40)
        redis.start()
        until(lambda: cells(redis)[0] >= seen + 7, "the counts to be written when it is back", 40)

        # A start without a store, which comes later: two lives in one quarter of an hour.
        equal(w.daemon.stop(), 0, "exit status")
        before = cells(redis)[0]
        redis.kill()
        w.run()
        mine = until(lambda: slo(w).get("good", 0) >= 3 and slo(w)["good"], "counting without a store", 40)
        redis.start()
        until(lambda: slo(w).get("good", 0) >= before + mine, "both lives in the figures", 60)
        until(lambda: cells(redis)[0] >= before + mine, "both lives in the store", 60)
        equal(w.daemon.stop(), 0, "exit status")
        kept = cells(redis)[0]
        w.run()
        until(lambda: slo(w).get("good", 0) >= kept, "all of it after another start")
        check(slo(w)["good"] <= kept + 3, "nothing twice", slo(w)["good"], kept)


def test_store__away_at_the_end__what_was_counted_meanwhile_is_there_after_the_next_start():
    with World() as w:
        hook, target, redis = w.receiver(), w.target(), w.redis()
        w.run(config(w, target, hook, redis))
        until(lambda: cells(redis)[0] >= 3, "results to be counted and kept")
        redis.kill()
        target.set("500")
        bad = until(lambda: slo(w).get("bad", 0) >= 12 and slo(w)["bad"], "failures to be counted in memory", 40)
        equal(w.daemon.stop(), 0, "exit status")
        redis.start()
        target.set("ok")
        w.run()
        until(lambda: slo(w).get("bad", 0) >= bad, "the failures of the outage in the figures", 40)
        until(lambda: cells(redis)[1] >= bad, "and in the store", 40)


def test_minutes_of_a_clock_that_was_wrong__do_not_stand_in_the_way():
    with World() as w:
        hook, target, redis = w.receiver(), w.target(), w.redis()
        far = int(time.time()) // MINUTE // 256 * 256 + 256 * 2000
        cell = "".join(f"\\x{b:02x}" for n in range(256) for b in struct.pack(">QIIIII", far + n, 1, 0, 0, 0, 1))
        redis_bytes(redis, "mw:{test}:slo:local:api-availability:recent", 0, cell)
        w.run(config(w, target, hook, redis))
        until(lambda: cells(redis)[0] >= 3, "results to be counted and kept", 40)


def put_last(redis, at):
    """A former life of a quarter of an hour, its last minute begun at `at`, all of it seen."""
    for n in range(15):
        m = at // MINUTE - n
        redis_bytes(redis, "mw:{test}:slo:local:api-availability:recent", m % 256 * 28,
                    "".join(f"\\x{b:02x}" for b in struct.pack(">QIIIII", m, MINUTE, 0, 0, 0, MINUTE)))
    for unit in {at // QUARTER * QUARTER, at // QUARTER * QUARTER - QUARTER}:
        t = time.gmtime(unit)
        month = unit - ((t.tm_mday - 1) * 86400 + t.tm_hour * 3600 + t.tm_min * 60 + t.tm_sec)
        seen = max(0, min(unit + QUARTER, at + MINUTE) - max(unit, at - 14 * MINUTE))
        redis_bytes(redis, f"mw:{{test}}:slo:local:api-availability:{t.tm_year}{t.tm_mon:02}",
                    (unit - month) // QUARTER * 20,
                    "".join(f"\\x{b:02x}" for b in struct.pack(">IIIII", seen, 0, 0, 0, seen)))


def planned(redis):
    return sum(struct.unpack(">I", raw[i + 16:i + 20])[0] for raw in map(redis.bytes, redis.keys("mw:{test}:slo:*:2*"))
               for i in range(0, len(raw) // 20 * 20, 20))


def test_away__ten_minutes_to_three_days__what_was_planned_meanwhile_is_kept_once():
    for away in (600, 3 * 3600, 3 * 86400):
        with World() as w:
            hook, target, redis = w.receiver(), w.target(), w.redis()
            end = (int(time.time()) - away) // MINUTE * MINUTE + MINUTE  # nothing is known from then on
            put_last(redis, end - MINUTE)
            w.run(config(w, target, hook, redis))
            for life in range(2):
                until(lambda: slo(w).get("good", 0) >= 15 * MINUTE + 2, "the former life in the figures", 40)
                until(lambda: planned(redis) >= 15 * MINUTE + int(time.time()) - 9 - end, "all of it in the store", 40)
                most = 15 * MINUTE + int(time.time()) + 2 - end
                check(planned(redis) <= most, "nothing twice", away, life, planned(redis), most)
                check(most - 14 <= slo(w)["expected"] <= most + 4, "and so say the figures", away, life, slo(w), most)
                until(lambda: slo(w)["rules"][0]["sparse"] == (away > 3600), "too little data, or enough", 20)
                equal(w.daemon.stop(), 0, "exit status")
                if life == 0:
                    w.run()


def test_reload__another_interval__changes_nothing_before():
    with World() as w:
        hook, target, redis = w.receiver(), w.target(), w.redis()
        w.run(config(w, target, hook, redis))
        until(lambda: slo(w).get("good", 0) >= 12, "results to be counted", 40)
        changed = config(w, target, hook, redis, objective="98%")
        changed["monitors"][0] |= {"interval": "60s"}
        before = slo(w)["expected"]
        w.write(changed)
        w.daemon.send(harness.signal.SIGHUP)
        until(lambda: slo(w).get("objective") == 0.98, "the reload")
        state = slo(w)
        check(before <= state["expected"] <= before + 8, "what was planned by the second stays", before, state)


def cells(redis):
    """(good, bad) of all quarters kept."""
    good = bad = 0
    for key in redis.keys("mw:{test}:slo:*:2*"):
        raw = redis.bytes(key)
        for i in range(0, len(raw) // 20 * 20, 20):
            g, b = struct.unpack(">II", raw[i:i + 8])
            good, bad = good + g, bad + b
    return good, bad


def test_slo__import_and_export__without_a_daemon():
    with World() as w:
        hook, target = w.receiver(), w.target()
        base = w.config(target, hook, slos=[
            {"name": "a", "monitors": ["api"], "objective": "99.95%", "window": "28d",
             "indicator": "availability and latency < 300ms"}])
        w.write(base)
        out = w.cli("slo", "export").stdout
        check("apiVersion: openslo/v1" in out, "OpenSLO", out)
        back = w.cli("slo", "import", w.write(out, "open.yaml"))
        check("objective: 99.9500%" in back.stdout and 'monitors: ["api"]' in back.stdout, "ours again", back.stdout)
        equal(back.stderr, "", "what was left out of our own")
        del base["slos"]
        w.write(json.dumps(base, indent=1)[:-2] + ",\n" + "\"include\": [\"slos.yaml\"]}\n")
        w.write(back.stdout, "slos.yaml")
        check("SLO a: 99.95% of availability and latency < 300ms in 28d" in w.cli("check").stdout, "check reads it")
        equal(w.cli("slo", "export", "nobody", status=1).stdout, "", "an unknown name")


def test_check__rule_on_a_single_probe__says_so_with_the_arithmetic():
    with World() as w:
        hook, target = w.receiver(), w.target()
        base = w.config(target, hook, slos=[
            {"name": "a", "monitors": ["api"], "objective": "99.99%"},
            {"name": "b", "monitors": ["api"], "objective": "90%"}])
        base["monitors"][0] |= {"interval": "60s"}
        w.write(base)
        said = w.cli("check").stderr
        check("SLO `a`: the rule of 1h fires on a single probe: 14.4x of 0.01 % of 60 results is 0.0864" in said,
              "the arithmetic", said)
        check("SLO `b`: the rule of 1h can never fire" in said, "a rule in vain", said)


if __name__ == "__main__":
    harness.main(__name__)
