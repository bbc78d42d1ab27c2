#!/usr/bin/env python3
"""The SLA report of a month that is past: its data stands in Redis as the daemon would have left it."""
import datetime
import hashlib
import json
import os
import struct

import harness
from harness import World, check, equal, until

UTC = datetime.timezone.utc
MINUTE, DAY = 60_000, 86_400_000


def month_before():
    """(name, first instant, first instant of the next) of last month, in ms, UTC."""
    first = datetime.datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = (first - datetime.timedelta(days=1)).replace(day=1)
    return before.strftime("%Y-%m"), int(before.timestamp() * 1000), int(first.timestamp() * 1000)


def stamp(at_ms):
    return datetime.datetime.fromtimestamp(at_ms / 1000, UTC)


def latency_code(us):
    shift = max(0, us.bit_length() - 6)
    return 1 + shift * 32 + (us >> shift)


def sample(us, verdict=0, reason=0, maintenance=False):
    code = latency_code(us) if us is not None else 0
    return struct.pack(">HBB", code, 1 + maintenance * 124 + verdict * 31 + reason, 0)


UP, LATE_UP = sample(40_000), sample(400_000)
DOWN, UNKNOWN = sample(None, verdict=2, reason=2), sample(None, verdict=3, reason=13)
WORK = sample(None, verdict=2, reason=2, maintenance=True)


def put_raw(redis, day_ms, slots):
    """A day's open block of one result a minute, as docs/redis.md has it."""
    path = os.path.join(redis.folder, "block")
    with open(path, "wb") as f:
        f.write(b"".join(slots) + b"\x02")
    key = f"mw:{{test}}:raw:seeded:{stamp(day_ms):%Y%m%d}"
    os.system(f"redis-cli -p {redis.port} -x SET '{key}' <{path} >{os.devnull}")


def seed(redis, begin, end):
    """A month of `api`: every tenth answer slow; on the 5th half an hour down, on the 9th an hour of
    maintenance, on the 12th an hour of which nothing is known."""
    for n, day_ms in enumerate(range(begin, end, DAY)):
        slots = [LATE_UP if i % 10 == 0 else UP for i in range(1440)]
        if n == 4:
            slots[600:630] = [DOWN] * 30
        if n == 8:
            slots[120:180] = [WORK] * 60
        if n == 11:
            slots[0:60] = [UNKNOWN] * 60
        put_raw(redis, day_ms, slots)
    redis.ask("HSET", "mw:{test}:series", "local/api", json.dumps(
        {"epochs": [{"id": "seeded", "interval": MINUTE, "from": begin, "last": end - DAY}]}))
    down = begin + 4 * DAY + 600 * MINUTE
    put_incident(redis, {"id": "INC5", "dedup_key": "monitor:api", "monitor": "api", "severity": "critical",
                         "state": "resolved", "title": "api is down: =1+1 <b>connection refused</b>",
                         "started": down, "opened": down + MINUTE, "acked": down + 5 * MINUTE,
                         "acked_by": "ana", "resolved": down + 30 * MINUTE})
    put_incident(redis, {"id": "INC0", "dedup_key": "monitor:api", "monitor": "api", "severity": "critical",
                         "state": "resolved", "title": "of the month before", "started": begin - DAY,
                         "opened": begin - DAY, "resolved": begin - DAY + MINUTE})
    work = begin + 8 * DAY + 120 * MINUTE
    put_quiet(redis, "QUIET1", work, work + 60 * MINUTE, work - DAY, "new database")
    put_quiet(redis, "QUIET2", work + DAY, work + DAY + 60 * MINUTE, work + DAY + MINUTE, "told too late")


def put_incident(redis, incident):
    incident |= {"reason": "connect"}
    redis.ask("HSET", "mw:{test}:resolved", incident["id"], json.dumps(incident))
    redis.ask("ZADD", "mw:{test}:resolved:index", str(incident["resolved"]), incident["id"])


def put_quiet(redis, name, start, end, created, comment):
    redis.ask("HSET", "mw:{test}:quiets", name, json.dumps(
        {"id": name, "kind": "maintenance", "matchers": "monitor=api\n", "start": start, "end": end,
         "created": created, "author": "ana", "comment": comment}))


def seed_cells(redis, begin, end):
    """What the SLO `web` counted of that, a quarter of an hour each."""
    cells = [[15, 0, 0, 0] for _ in range((end - begin) // (15 * MINUTE))]
    for first, n, column in ((4 * 96 + 40, 2, 1), (8 * 96 + 8, 4, 2), (11 * 96, 4, 3)):
        for i in range(first, first + n):
            cells[i] = [15 if k == column else 0 for k in range(4)]
    path = os.path.join(redis.folder, "cells")
    with open(path, "wb") as f:
        f.write(b"".join(struct.pack(">5I", *c, 15) for c in cells))
    os.system(f"redis-cli -p {redis.port} -x SET 'mw:{{test}}:slo:local:web:{stamp(begin):%Y%m}' "
              f"<{path} >{os.devnull}")


def world_with_a_month(w, **more):
    redis = w.redis()
    name, begin, end = month_before()
    seed(redis, begin, end)
    seed_cells(redis, begin, end)
    config = w.config(w.target(), w.receiver())
    config["store"] = {"url": redis.url, "dir": os.path.join(w.folder, "data"),
                       "retention": {"raw": "100d"}}
    config["monitors"][0] |= {"interval": "60s", "retry_interval": "60s", "group": "core"}
    w.run(config | more)
    return redis, name, begin, end


def document(text):
    """Read, and its digest reckoned as docs/reports.md says."""
    body, seal = text.rstrip().rsplit(',"digest":"sha256:', 1)
    equal(hashlib.sha256((body + "}").encode()).hexdigest(), seal[:-2], "the digest")
    return json.loads(text)


SLO = {"name": "web", "description": "What customers see.", "monitors": ["api"], "objective": "99.95%",
       "window": {"calendar": "month", "time_zone": "UTC"},
       "credits": [{"below": "99.95%", "credit": "10%"}, {"below": "99%", "credit": "25%"}]}


def test_report__slo__figure_credit_days_from_its_cells():
    with World() as w:
        _, _, begin, end = world_with_a_month(w, slos=[SLO])
        slo = document(w.cli("report", "sla", "--json").stdout)["data"]["slos"][0]
        all_of_them = (end - begin) // MINUTE
        equal([slo[k] for k in ("good", "bad", "excluded", "unknown", "expected")],
              [all_of_them - 150, 30, 60, 60, all_of_them], "the counts")
        check(abs(slo["figure"] - (all_of_them - 150) / (all_of_them - 120)) < 1e-8, "the figure", slo["figure"])
        check(slo["at_least"] < slo["figure"] and slo["met"] is False, "missed", slo["at_least"])
        equal((slo["credit_percent"], slo["credit_below_ppm"]), (10, 999500), "the credit")
        equal((slo["days"][4]["bad"], slo["days"][8]["excluded"], slo["days"][11]["unknown"]), (30, 60, 60),
              "the days")
        equal({d["expected"] for d in slo["days"]}, {1440}, "expected each day")
        equal(slo["trend"][11]["good"], slo["good"], "the last month of the trend")
        equal(slo["trend"][10]["figure"], None, "the month before")
        markdown = w.cli("report", "sla").stdout
        check("| web | 99.95 % | **99.93 %** | missed |" in markdown, "the summary", markdown)
        check("10 % of the fee (below 99.95 %)" in markdown, "the credit", markdown)


def test_report__slo_seen_too_little__no_figure_but_why():
    with World() as w:
        redis, _, begin, _ = world_with_a_month(w, slos=[SLO])
        key = f"mw:{{test}}:slo:local:web:{stamp(begin):%Y%m}"
        redis.ask("EVAL", "redis.call('SETRANGE', KEYS[1], 0, string.rep('\\0', 20 * 96 * 10))", "1", key)
        slo = document(w.cli("report", "sla", "--json").stdout)["data"]["slos"][0]
        equal((slo["figure"], slo["met"], slo["credit_percent"]), (None, None, None), "no figure")
        check("at least 95 % is needed" in slo["no_figure"], "why", slo["no_figure"])


def asked(w, month):
    status, text = w.http("GET", f"/api/v1/reports/sla?month={month}")
    return status == 200 and text


def test_report__past_month__figures_incidents_maintenance():
    with World() as w:
        _, name, begin, end = world_with_a_month(w)
        status, text = w.http("GET", "/api/v1/reports/sla")
        equal(status, 200, "the status")
        doc = document(text)
        equal((doc["month"], doc["revision"], doc["draft"]), (name, 1, False), "what it is")
        data, days = doc["data"], (end - begin) // DAY
        kinds = [(r["kind"], r["name"]) for r in data["results"]]
        equal(kinds, [("all", ""), ("group", "core"), ("monitor", "api")], "the rows")
        for row in data["results"]:
            equal((row["good"], row["bad"], row["maintenance"], row["unknown"], row["expected"]),
                  (days * 1440 - 150, 30, 60, 60, days * 1440), "the counts")
            check(abs(row["latency"]["p50_us"] / 40_000 - 1) < 0.05, "p50", row["latency"])
            check(abs(row["latency"]["p95_us"] / 400_000 - 1) < 0.05, "p95", row["latency"])
        equal([i["id"] for i in data["incidents"]["list"]], ["INC5"], "incidents of the month")
        equal(data["incidents"]["time_to_acknowledge"],
              {"count": 1, "median_s": 240, "mean_s": 240, "longest_s": 240}, "time to acknowledge")
        equal(data["incidents"]["time_to_restore"]["median_s"], 1800, "time to restore")
        equal([(m["id"], m["excluded"], m["author"]) for m in data["maintenance"]],
              [("QUIET1", True, "ana"), ("QUIET2", False, "ana")], "maintenance")


def test_report__issued__same_bytes_for_ever_and_a_correction_is_a_revision():
    with World() as w:
        redis, name, begin, _ = world_with_a_month(w)
        first = w.cli("report", "sla", "--month", name, "--json").stdout
        equal(document(first)["revision"], 1, "the revision")
        put_incident(redis, {"id": "INC7", "dedup_key": "monitor:api", "monitor": "api", "severity": "info",
                             "state": "resolved", "title": "found later", "started": begin + DAY,
                             "opened": begin + DAY, "resolved": begin + DAY + MINUTE})
        equal(w.cli("report", "sla", "--format=json").stdout, first, "the report, asked for again")
        w.daemon.stop()
        w.run()
        equal(w.cli("report", "sla", "--format=json").stdout, first, "the report, after a restart")
        revised = w.cli("report", "sla", "--revise", "--format", "json", "--output", "r.json")
        check("revision 2" in revised.stderr and "corrects revision 1" in revised.stderr, "said", revised.stderr)
        with open(os.path.join(w.folder, "r.json"), encoding="utf-8") as f:
            second = document(f.read())
        equal((second["revision"], second["corrects"]), (2, 1), "the correction")
        check("have not changed" in w.cli("report", "sla", "--revise").stderr, "no third revision")
        equal(w.cli("report", "sla", "--revision", "1", "--json").stdout, first, "the first revision")
        equal(len(json.loads(w.cli("report", "list", "--json").stdout)), 2, "reports issued")
        check(name in w.cli("report", "list").stdout, "the list")


def test_report__verify__exit_1_when_a_byte_differs():
    with World() as w:
        world_with_a_month(w)
        w.cli("report", "sla", "--json", "-o", "r.json")
        check("as it was issued" in w.cli("report", "verify", "r.json").stdout, "verified")
        path = os.path.join(w.folder, "r.json")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace('"bad":30', '"bad":3', 1))
        w.cli("report", "verify", "r.json", status=1)
        w.cli("report", "verify", "midwatch.yaml", status=1)
        w.cli("report", "verify", "nothing.json", status=1)
        w.cli("report", "verify", status=2)


def test_report__each_format__hostile_title_is_text():
    with World() as w:
        world_with_a_month(w)
        markdown = w.cli("report", "sla").stdout
        check("| To restore | 1 | 30m | 30m | 30m |" in markdown, "time to restore", markdown)
        check("99.93" in markdown or "99.92" in markdown, "availability", markdown)
        check("announced late: not excluded" in markdown, "the late window", markdown)
        html = w.cli("report", "sla", "--format", "html").stdout
        check("&lt;b&gt;connection refused" in html and "<b>connection" not in html, "escaped", html)
        csv = w.cli("report", "sla", "--format", "csv").stdout
        check(csv.startswith("section,subject,period,measure,value,unit"), "the columns")
        check("results_monitor,\"api\"" in csv, "the rows")


def test_report__running_month_and_nonsense__draft_or_no():
    with World() as w:
        world_with_a_month(w, monitors=[{"name": "api", "http": w.target().url, "interval": "500ms"}])
        now = datetime.datetime.now(UTC).strftime("%Y-%m")
        draft = json.loads(until(lambda: asked(w, now), "a result of this month"))
        equal((draft.get("draft", None), draft.get("revision")), (True, 0), "a draft")
        w.cli("report", "sla", "--month", now, "--revise", status=1)
        w.cli("report", "sla", "--month", "2001-01", status=1)
        w.cli("report", "sla", "--month", "october", status=2)
        w.cli("report", "sla", "--format", "pdf", status=2)
        w.cli("report", "nonsense", status=2)
        equal(json.loads(w.cli("report", "list", "--json").stdout), [], "nothing was issued")


harness.main(__name__)
