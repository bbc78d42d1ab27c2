#!/usr/bin/env python3
"""Export and import of the whole state: what was kept is there again, whatever happens on the way.

A restore that is not tested is none: the first test goes the whole way, from a living daemon with a
night behind it into an empty Redis, and starts a daemon there."""
import contextlib
import hashlib
import json
import os
import random
import signal
import stat
import subprocess
import threading
import time

import harness
from harness import BINARY, Redis, World, check, equal, until

DAY = 86400


def settings(w, redis, **more):
    return {"store": {"url": redis.url, "dir": w.folder + "/data"}} | more


def second_redis(w, name="second"):
    return w.ends(Redis(os.path.join(w.folder, name)))


def dump(redis, name="test"):
    """Everything under a name: {key without it: (content, end of life)}, order of hashes aside."""
    prefix, found = "mw:{" + name + "}:", {}
    for key in redis.keys(prefix.replace("{", "\\{") + "*"):
        kind, ends = redis.ask("TYPE", key), redis.ask("PEXPIRETIME", key)
        if kind == "string":
            content = redis.bytes(key)
        elif kind == "stream":
            content = redis.ask("XRANGE", key, "-", "+")
        else:
            words = redis.ask(*({"hash": ["HGETALL", key], "zset": ["ZRANGE", key, "0", "-1", "WITHSCORES"]}[kind]))
            lines = words.splitlines()
            content = sorted(zip(lines[::2], lines[1::2]))
        found[key[len(prefix):]] = (kind, content, ends)
    return found


def same(one, other):
    equal(sorted(one), sorted(other), "the keys")
    for key in one:
        check(one[key] == other[key], f"{key} is not the same", one[key], other[key])


def lines_of(w, name):
    with open(os.path.join(w.folder, name), "rb") as f:
        return f.read().splitlines(keepends=True)


def fill_blocks(redis, name="test", days=40):
    """Strings of every kind, binary, with and without an end of life."""
    r = random.Random(7)
    now = int(time.time())
    for i in range(days):
        day = time.strftime("%Y%m%d", time.gmtime(now - i * DAY))
        for kind, size in (("raw", 5761), ("minute", 900)):
            key = "mw:{" + name + "}:" + f"{kind}:k3fabc:{day}"
            subprocess.run(["redis-cli", "-p", str(redis.port), "-x", "SET", key], check=True, timeout=10,
                           input=r.randbytes(size), stdout=subprocess.DEVNULL)
            redis.ask("EXPIREAT", key, str((now // DAY + 30) * DAY))
    redis.ask("HSET", "mw:{" + name + "}:series", "local/gone", json.dumps(
        {"epochs": [{"id": "k3fabc", "interval": 60000, "from": (now - days * DAY) * 1000, "last": now * 1000}]}))
    for key, value in (("hour:k3fabc:202611", "\xb7hour"), ("day:k3fabc:202611", "\xb7day"),
                       ("slo:local:web:202611", "cells"), ("slo:local:web:recent", "minutes")):
        redis.ask("SET", "mw:{" + name + "}:" + key, value)


def a_night(w, hook, config):
    """Incidents resolved and open, one acknowledged; a silence, an override; deliveries ended."""
    target, other = w.target(), w.target()
    config["monitors"][0]["http"] = target.url
    config["monitors"].append(config["monitors"][0] | {"name": "db", "http": other.url})
    w.run(config)
    until(lambda: w.monitor("db").get("state") == "up", "the monitors to be up")
    target.set("500")
    until(lambda: hook.seen(person="ana"), "the page")
    target.set("ok")
    until(lambda: [r for r in hook.seen() if r["type"] == "incident.resolved"], "the resolve")
    other.set("500")
    open_one = until(lambda: [i for i in w.incidents() if i["state"] == "triggered"], "another incident")[0]
    w.cli("ack", open_one["id"], "--by", "ana")
    w.cli("silence", "add", "monitor=nothing-of-ours", "--for", "2h", "--comment", "a test", "--by", "ana")
    w.cli("override", "add", "primary", "--start", "+1h", "--end", "+2h", "--set", "bo", "--by", "ana")
    until(lambda: not w.outbox(), "the outbox to be empty")
    return open_one["id"]


def test_round_trip__into_an_empty_redis__is_the_same_and_a_daemon_goes_on():
    with World() as w:
        hook, target = w.receiver(), w.target()
        first = w.redis()
        config = w.config(target, hook, **settings(w, first))
        incident = a_night(w, hook, config)
        w.daemon.stop()
        fill_blocks(first)
        told = len(hook.seen())
        out = w.cli("export", "night.mw")
        equal(os.stat(os.path.join(w.folder, "night.mw")).st_mode & 0o777, 0o600, "the file's mode")
        check(not os.path.exists(os.path.join(w.folder, "night.mw.tmp")), "a .tmp is left")
        check("records" in out.stdout, "says how much", out.stdout)
        kept = dump(first)
        for key in ("incidents", "resolved", "resolved:index", "outbox", "deliveries", "deliveries:index",
                    "deliveries:of", "audit", "ledger", "monitors", "meta", "quiets", "overrides", "series"):
            check(key in kept, f"{key} is in the night")

        second = second_redis(w)
        w.write(config | settings(w, second))
        w.cli("import", "night.mw")
        same(kept, dump(second))
        equal(len(hook.seen()), told, "told while it was moved")
        w.run()
        mine = [i for i in w.incidents() if i["id"] == incident]
        check(mine and mine[0]["state"] == "acknowledged" and "ana" in json.dumps(mine),
              "the daemon knows the incident and who has it", mine)
        check(len(w.deliveries()) >= 2, "the daemon knows what was told", w.deliveries())
        harness.steady(lambda: not [r for r in hook.seen()[told:] if r["type"] == "incident.triggered"],
                       "nobody is paged again", 1.5)


def test_round_trip__under_another_name__changes_only_the_name():
    with World() as w:
        hook, target = w.receiver(), w.target()
        redis = w.redis()
        a_night(w, hook, w.config(target, hook, **settings(w, redis)))
        w.daemon.stop()
        w.cli("export", "night.mw")
        w.cli("import", "night.mw", "--name", "drill")
        kept = dump(redis)
        same(kept, dump(redis, "drill"))
        w.write(w.config(target, hook, **settings(w, redis, name="other")))
        said = w.cli("import", "night.mw", status=1).stderr
        check("`test`" in said and "--name other" in said, "a file of another name is refused", said)


def test_export__of_an_export__is_byte_for_byte_the_same():
    with World() as w:
        redis = w.redis()
        w.write(w.config(w.target(), w.receiver(), **settings(w, redis)))
        for i in range(100):
            redis.ask("HSET", "mw:{test}:monitors", f"m{i:03}", '{"state":"up"}')
        fill_blocks(redis)
        w.cli("export", "one.mw")
        second = second_redis(w)
        w.write(w.config(w.target(), w.receiver(), **settings(w, second)))
        with open(os.path.join(w.folder, "one.mw"), "rb") as f:
            subprocess.run([BINARY, "import", "-"], cwd=w.folder, env=w.env, stdin=f, check=True, timeout=60,
                           stdout=subprocess.DEVNULL)
        two = subprocess.run([BINARY, "export", "-"], cwd=w.folder, env=w.env, check=True, timeout=60,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.splitlines()
        one = lines_of(w, "one.mw")

        def pieces(lines):
            read = [json.loads(l) for l in lines[1:-1]]
            for piece in read:
                if piece["type"] == "hash":
                    piece["data"] = sorted(zip(piece["data"][::2], piece["data"][1::2]))
            return sorted(json.dumps(p, sort_keys=True) for p in read)
        equal(pieces(two), pieces(one), "the records")
        equal(json.loads(two[-1])["counts"], json.loads(one[-1])["counts"], "the counts")


def test_export__into_a_pipe__which_stays_one():
    with World() as w:
        redis = w.redis()
        w.write(w.config(w.target(), w.receiver(), **settings(w, redis)))
        fill_blocks(redis, days=2)
        pipe = os.path.join(w.folder, "pipe")
        os.mkfifo(pipe)
        with subprocess.Popen([BINARY, "export", pipe], cwd=w.folder, env=w.env, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True) as p:
            reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
            got = b""

            def ended():
                nonlocal got
                with contextlib.suppress(BlockingIOError):
                    got += os.read(reader, 1 << 20)
                return p.poll() is not None
            until(ended, "the export to end")
            got += os.read(reader, 1 << 20)
            os.close(reader)
            equal((p.returncode, p.stderr.read()), (0, ""), "exit status, complaints")
        check(stat.S_ISFIFO(os.stat(pipe).st_mode), "it is still a pipe")
        equal(os.listdir(w.folder).count("pipe.tmp"), 0, "files beside it")
        check(json.loads(got.splitlines()[-1]).get("end"), "the whole export came through it", got[-200:])


def test_export__beside_a_busy_daemon__is_consistent_and_slows_nothing():
    with World() as w:
        hook, target = w.receiver(), w.target()
        redis = w.redis()
        w.run(w.config(target, hook, **settings(w, redis)))
        fill_blocks(redis, days=20)
        until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
        stop = threading.Event()

        def flap():
            while not stop.is_set():
                target.set("500")
                stop.wait(1.2)
                target.set("ok")
                stop.wait(1.2)
        thread = threading.Thread(target=flap)
        thread.start()
        try:
            for i in range(8):
                w.cli("export", f"{i}.mw")
                second = {}
                for line in lines_of(w, f"{i}.mw")[1:-1]:
                    piece = json.loads(line)
                    if piece["type"] != "stream":
                        second.setdefault(piece["key"], []).extend(piece["data"])
                delivered = set(second.get("outbox", [])[::2]) | set(second.get("deliveries", [])[::2])
                equal(delivered, set(second.get("deliveries:index", [])[::2]), "deliveries and their index")
                equal(set(second.get("resolved", [])[::2]), set(second.get("resolved:index", [])[::2]),
                      "resolved incidents and their index")
                time.sleep(0.3)
        finally:
            stop.set()
            thread.join()
        check("away" not in w.daemon.log, "the daemon lost the store")


def test_import__somebody_there_or_something_kept__is_refused_and_changes_nothing():
    with World() as w:
        hook, target = w.receiver(), w.target()
        redis = w.redis()
        w.run(w.config(target, hook, **settings(w, redis)))
        until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
        w.cli("export", "x.mw")
        said = w.cli("import", "x.mw", "--replace", status=1).stderr
        check("in use" in said and len(said.splitlines()) == 1, "the daemon's directory is its own", said)
        w.write(w.config(target, hook, store={"url": redis.url, "dir": w.folder + "/elsewhere"}))
        said = w.cli("import", "x.mw", "--replace", status=1).stderr
        check("midwatch of region `local` writes" in said, "the daemon elsewhere is seen", said)
        w.daemon.stop()
        before = dump(redis)
        said = w.cli("import", "x.mw", status=1).stderr
        check("--replace" in said and len(said.splitlines()) == 1, "what is there is not overwritten", said)
        same(before, dump(redis))
        redis.ask("SET", "mw:{test}:raw:old:20260101", "of before")
        w.cli("import", "x.mw", "--replace")
        check("raw:old:20260101" not in dump(redis), "what was there is gone")


def test_import__cut_at_every_kilobyte_or_a_bit_flipped__is_refused_and_changes_nothing():
    with World() as w:
        redis = w.redis()
        w.write(w.config(w.target(), w.receiver(), **settings(w, redis)))
        fill_blocks(redis, days=3)
        redis.ask("HSET", "mw:{test}:monitors", "api", '{"state":"up"}')
        w.cli("export", "x.mw")
        whole = b"".join(lines_of(w, "x.mw"))
        redis.ask("FLUSHALL")
        r = random.Random(3)
        bad = [whole[:n] for n in range(0, len(whole), 1024)]
        for _ in range(12):
            at = r.randrange(len(whole))
            bad.append(whole[:at] + bytes([whole[at] ^ 1 << r.randrange(8)]) + whole[at + 1:])
        for i, content in enumerate(bad):
            with open(os.path.join(w.folder, "bad.mw"), "wb") as f:
                f.write(content)
            said = w.cli("import", "bad.mw", status=1).stderr
            check(said.startswith("midwatch: bad.mw: line ") and len(said.splitlines()) == 1,
                  f"one line of words for case {i}", said)
        equal(redis.keys(), [], "keys in Redis")


def test_import__killed_in_the_middle__is_recognised_by_all_and_done_again():
    with World() as w:
        hook, target = w.receiver(), w.target()
        redis = w.redis()
        w.write(w.config(target, hook, **settings(w, redis)))
        fill_blocks(redis, days=5)
        redis.ask("HSET", "mw:{test}:monitors", "api", '{"state":"up"}')
        redis.ask("HSET", "mw:{test}:meta", "version", "1")
        block = redis.bytes("mw:{test}:raw:k3fabc:" + time.strftime("%Y%m%d", time.gmtime()))
        lines = [json.dumps({"format": "midwatch-export", "version": 1, "name": "test", "midwatch": "0.1.0",
                             "at": "2026-11-22T00:00:00Z"}),
                 json.dumps({"key": "meta", "type": "hash", "data": ["version", "5"]})]
        lines += [json.dumps({"key": f"raw:big{i}:20261122", "type": "string", "data": [block.hex() * 20]})
                  for i in range(150)]
        body = "".join(line + "\n" for line in lines)
        end = {"end": True, "records": len(lines) - 1, "counts": {"meta": 1, "strings": 150},
               "sha256": hashlib.sha256(body.encode()).hexdigest()}
        with open(os.path.join(w.folder, "big.mw"), "w", encoding="utf-8") as f:
            f.write(body + json.dumps(end) + "\n")
        p = subprocess.Popen([BINARY, "import", "big.mw", "--replace"], cwd=w.folder, env=w.env,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: redis.ask("EXISTS", "mw:{test}:raw:big0:20261122") == "1", "the import to write")
        p.send_signal(signal.SIGKILL)
        p.wait()
        equal(redis.ask("EXISTS", "mw:{test}:raw:big149:20261122"), "0", "the last block")
        check(redis.ask("HGET", "mw:{test}:meta", "importing") != "", "the marker is there")
        said = w.cli("export", "half.mw", status=1).stderr
        check("was not finished" in said, "an export says so", said)
        check(not os.path.exists(os.path.join(w.folder, "half.mw")), "no half export is left")
        said = w.cli("import", "big.mw", status=1).stderr
        check("was not finished" in said and "--replace" in said, "another import says so", said)
        w.run(wait=False)
        until(lambda: "is not finished" in w.daemon.log, "the daemon to say so")
        w.daemon.stop()
        w.cli("import", "big.mw", "--replace")
        equal(redis.ask("HGETALL", "mw:{test}:meta"), "version\n5", "meta")
        equal(len(redis.keys("*raw:big*")), 150, "blocks")
        equal(redis.keys("*k3fabc*"), [], "of before")


def test_embedded__exported_with_and_without_its_daemon__and_imported_into_a_new_folder():
    with World() as w:
        hook, target = w.receiver(), w.target()
        config = w.config(target, hook)
        a_night(w, hook, config)
        w.cli("export", "beside.mw")
        w.daemon.stop()
        w.cli("export", "alone.mw")

        def decided(name):
            return {json.loads(l)["key"]: json.loads(l)["data"] for l in lines_of(w, name)[1:-1]
                    if json.loads(l)["key"] in ("incidents", "deliveries", "resolved", "quiets")}
        for key, data in decided("alone.mw").items():
            check(key in decided("beside.mw"), f"{key} was there before")
        w.write(config | {"store": {"url": "embedded", "dir": w.folder + "/new-data"}})
        said = w.cli("export", "nothing.mw", status=3).stderr
        check("is not there" in said, "an export of nothing says so", said)
        w.cli("import", "alone.mw")
        w.run()
        check([i for i in w.incidents() if i["state"] == "acknowledged"], "the acknowledged incident")


def test_redis_not_there__is_said__with_exit_status_3():
    with World() as w:
        port = harness.free_port()
        w.write(w.config(w.target(), w.receiver(),
                         store={"url": f"redis://:secret@127.0.0.1:{port}/0", "dir": w.folder + "/data"}))
        said = w.cli("export", "x.mw", status=3).stderr
        check("connection refused" in said and "secret" not in said, "says why, not the password", said)
        check(not os.path.exists(os.path.join(w.folder, "x.mw.tmp")), "a .tmp is left")


harness.main(__name__)
