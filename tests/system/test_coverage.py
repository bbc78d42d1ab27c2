#!/usr/bin/env python3
"""`midwatch coverage` and what `check` says of schedules: gaps, double cover, hours, exit statuses; the
books must agree with those that the oracle of the schedules keeps."""
import datetime
import json
import time

import harness
from harness import World, check, equal

import oncall_oracle as oracle

DAY = 86400
HOLIDAYS = ["2026-12-25", "2027-01-01"]
PEOPLE = {"ana": "Europe/Madrid", "bo": "America/New_York", "chen": "Asia/Singapore"}
SUN = {"tz": "UTC", "merge": "top", "layers": [
    {"tz": "Europe/Madrid", "anchor": "2026-01-05T08:00", "every": [1, "week"], "users": ["ana"],
     "restrict": [{"start": "08:00", "end": "17:00"}]},
    {"tz": "America/New_York", "anchor": "2026-01-05T08:00", "every": [1, "week"], "users": ["bo"],
     "restrict": [{"start": "11:00", "end": "20:00"}]},
    {"tz": "Asia/Singapore", "anchor": "2026-01-05T08:00", "every": [1, "week"], "users": ["chen"],
     "restrict": [{"start": "09:00", "end": "15:00"}]}]}
PAIRS = {"tz": "Europe/Madrid", "layers": [
    {"anchor": "2026-01-05T09:00", "every": [1, "day"], "users": ["ana", ["bo", "chen"]]}]}


def as_yaml(s):
    names = {"tz": "time_zone", "users": "members"}
    return {names.get(k, k): [as_yaml(x) for x in v] if k == "layers" else f"{v[0]} {v[1]}" if k == "every" else v
            for k, v in s.items()}


def write(w, schedules, told):
    w.write({"monitors": [], "holidays": HOLIDAYS, "channels": {"h": {"type": "webhook", "url": "http://127.0.0.1:1/"}},
             "people": {k: {"time_zone": z, "notify": [{"via": "h"}]} for k, z in PEOPLE.items()},
             "schedules": {n: as_yaml(s) for n, s in schedules.items()},
             "policies": {"default": {"steps": [{"notify": told}]}}})


def stamp(t):
    return oracle.civil(t).isoformat() + "Z"


def books(drawn, begin, end):
    """By the oracle, minute by minute within each run."""
    people, gaps, doubles = {}, [], []
    for a, b, who in oracle.Schedule(drawn).spans(begin, end):
        if len(who) != 1:
            (doubles if who else gaps).append((stamp(a), stamp(b)))
        for person in who:
            mine = people.setdefault(person, {"hours": 0, "night_hours": 0, "weekend_hours": 0, "holiday_hours": 0})
            for t in range(a, b, 60):
                local = oracle.civil(oracle.local_at(PEOPLE[person], t))
                mine["hours"] += 60
                mine["night_hours"] += 60 * (local.hour >= 22 or local.hour < 6)
                mine["weekend_hours"] += 60 * (local.weekday() >= 5)
                mine["holiday_hours"] += 60 * (local.date().isoformat() in HOLIDAYS)
    return people, gaps, doubles


def measured(w, *args, status):
    return json.loads(w.cli("coverage", "-c", w.config_path, "--json", *args, status=status).stdout)


def test_books__of_a_year__as_the_oracle_keeps_them():
    with World() as w:
        write(w, {"sun": SUN, "pairs": PAIRS}, ["schedule:pairs"])
        begin = oracle.seconds(datetime.datetime(2026, 11, 1))
        rows = measured(w, "--from", "2026-11-01T00:00:00Z", "--days", "200", status=0)
        for row, drawn in zip(rows, (SUN, PAIRS)):
            people, gaps, doubles = books(drawn, begin, begin + 200 * DAY)
            equal([(g["from"], g["to"]) for g in row["gaps"]], gaps, f"gaps of {row['schedule']}")
            equal([(g["from"], g["to"]) for g in row["double"]], doubles, f"double cover of {row['schedule']}")
            equal(sorted(p["person"] for p in row["people"]), sorted(people), "people")
            for p in row["people"]:
                for key, seconds in people[p["person"]].items():
                    check(abs(p[key] - seconds / 3600) < 0.001,
                          f"{row['schedule']}, {p['person']}, {key}: {p[key]}, should be {seconds / 3600}")
        check(rows[0]["gaps"] and not rows[0]["used"], "gaps where clocks disagree, in a schedule nobody uses")
        check(rows[1]["used"] and rows[1]["shared"] and rows[1]["score"] > 0, "turns of a group", rows[1]["score"])


def test_gap__in_a_schedule_of_a_policy__is_status_1_and_a_warning_of_check():
    with World() as w:
        write(w, {"sun": SUN, "pairs": PAIRS}, ["schedule:sun"])
        done = w.cli("coverage", "-c", w.config_path, "--days", "400", status=1)
        for word in ("sun: score", "nobody for", "daily until", "pairs: score", "no gap", "NIGHT"):
            check(word in done.stdout, f"`{word}`", done.stdout)
        w.cli("coverage", "-c", w.config_path, "--schedule", "pairs", status=0)
        done = w.cli("check", "-c", w.config_path, status=0)
        check("warning: schedule `sun` has nobody on call from" in done.stderr, "the warning", done.stderr)
        check("pairs" not in done.stderr, "no warning of the other", done.stderr)
        check(done.stdout.count("\n    ") >= 10, "the next five handoffs of both", done.stdout)
        said = {s["schedule"]: s for s in json.loads(w.cli("check", "-c", w.config_path, "--json").stdout)["schedules"]}
        check(said["sun"]["gaps"] > 0 and said["pairs"]["gaps"] == 0, "gaps in JSON", said)
        equal(len(said["pairs"]["handoffs"]), 5, "handoffs in JSON")


def test_wrong_words__status_2_and_1():
    with World() as w:
        write(w, {"pairs": PAIRS}, ["schedule:pairs"])
        for args in (["--days", "0"], ["--days", "4000"], ["--days", "x"], ["--from", "soon"]):
            check(w.cli("coverage", "-c", w.config_path, *args, status=2).stderr, "a word on stderr")
        done = w.cli("coverage", "-c", w.config_path, "--schedule", "nothing", status=1)
        check("no schedule `nothing`" in done.stderr, "its name", done.stderr)


def test_ten_years__are_measured_whole():
    with World() as w:
        write(w, {"sun": SUN, "pairs": PAIRS}, ["schedule:pairs"])
        began = time.monotonic()
        row = measured(w, "--days", "3660", status=0)[1]
        check(time.monotonic() - began < 5, "ten years take too long", time.monotonic() - began)
        check(not row["cut"] and sum(p["hours"] for p in row["people"]) > 3660 * 24, "all of it", row["to"])


harness.main(__name__)
