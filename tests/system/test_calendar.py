#!/usr/bin/env python3
"""Calendars, out and in, against other programs: feeds are read with the library `icalendar` and must
say what `midwatch oncall` says; imported files, random recurrence rules among them, must put on call
whom `icalendar`, `dateutil` and Python's own zones say.

SEED and CASES choose other and more random calendars."""
import datetime
import json
import os
import random
import signal
import sys

import harness
from harness import World, check, equal, until

sys.path.append("/usr/lib/python3/dist-packages")  # where Debian's are, whichever python3 this is
try:
    import icalendar
    from dateutil import rrule
except ImportError:
    icalendar = None

import oncall_oracle as oracle

SEED = int(os.environ.get("SEED", "20261122"))
CASES = int(os.environ.get("CASES", "40"))
UTC, DAY = datetime.timezone.utc, 86400
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
NOW = int((datetime.datetime.now(UTC) - EPOCH).total_seconds())
MISSING = "python3-icalendar and python3-dateutil are not installed"


def stamp(t):
    return (EPOCH + datetime.timedelta(seconds=t)).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(when):
    return round((when - EPOCH).total_seconds())


# --- feeds ----------------------------------------------------------------------------------

def lines_are_sound(text):
    check(text.endswith("\r\n"), "the last line does not end")
    for line in text.split("\r\n"):
        check(len(line.encode()) <= 75, "a line of more than 75 octets", line)
        check("\n" not in line and "\r" not in line, "a bare line break", line)


def feed(w, path, token=harness.TOKEN):
    status, text = w.http("GET", path + (f"?token={token}" if token else ""), token=None)
    equal(status, 200, f"status of {path}")
    lines_are_sound(text)
    return icalendar.Calendar.from_ical(text)


def events_of(calendar):
    """{(summary, start, end)}; what every event must have is there."""
    found = []
    for event in calendar.walk("vevent"):
        for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"):
            check(name in event, f"an event without {name}", event)
        found.append((str(event["SUMMARY"]), instant(event["DTSTART"].dt), instant(event["DTEND"].dt)))
    uids = [str(e["UID"]) for e in calendar.walk("vevent")]
    equal(len(set(uids)), len(uids), "UIDs that differ")
    return sorted(found, key=lambda e: (e[1], e[0]))


def stretches(w, schedule, begin, end):
    """{person: [(from, to)]} by `midwatch oncall`, neighbours joined."""
    done = w.cli("oncall", "-c", w.config_path, "--schedule", schedule, "--at", stamp(begin),
                 "--until", stamp(end), "--json")
    found = {}
    for row in json.loads(done.stdout):
        a, b = (instant(datetime.datetime.fromisoformat(row[k])) for k in ("from", "to"))
        for person in row["people"]:
            mine = found.setdefault(person, [])
            if mine and mine[-1][1] == a:
                mine[-1] = (mine[-1][0], b)
            else:
                mine.append((a, b))
    return found


def rotation(w):
    config = w.config(w.target(), w.receiver())
    config["people"]["bo"]["name"] = "Bo; \"Lind\", \\ and a name that is long enough to need a second line 漢字漢字"
    config["people"]["chen"] = {"notify": [{"via": "ops"}]}
    config["schedules"] = {
        "primary": {"time_zone": "Europe/Madrid", "merge": "union", "layers": [
            {"name": "weekly", "anchor": "2026-01-05T09:00", "every": "1 week", "members": ["ana", "bo", None]},
            {"name": "nights", "anchor": "2026-01-05T20:00", "every": "1 day", "members": ["chen", ["ana", "chen"]],
             "restrict": [{"start": "20:00", "end": "02:30"}]}]},
        "second": {"time_zone": "America/New_York", "layers": [
            {"anchor": "2026-01-05T09:00", "every": "2 days", "members": ["bo", "ana"]}]},
        "always": {"time_zone": "UTC", "layers": [
            {"anchor": "2020-01-05T09:00", "every": "2 days", "members": ["bo"]}]}}
    return config


def test_feeds__read_by_another_program__say_what_oncall_says():
    if not icalendar:
        return MISSING
    with World() as w:
        config = rotation(w)
        w.run(config)
        full = {k: p.get("name", k) for k, p in config["people"].items()}
        begin, end = NOW - 60 * DAY, NOW + 180 * DAY
        of_person = {p: [] for p in full}
        for schedule in ("primary", "second"):
            spans = stretches(w, schedule, begin - 30 * DAY, end + 30 * DAY)
            wanted = []
            for person, mine in spans.items():
                inside = [(a, b) for a, b in mine if b > begin and a < end]
                wanted += [(full[person], a, b) for a, b in inside]
                of_person[person] += [("On call: " + schedule, a, b) for a, b in inside]
            got = feed(w, f"/oncall/{schedule}.ics")
            check(schedule in str(got["X-WR-CALNAME"]), "the name of the calendar", got["X-WR-CALNAME"])
            close_enough(events_of(got), sorted(wanted, key=lambda e: (e[1], e[0])), begin, end)
        got = [e for e in events_of(feed(w, "/oncall/person/ana.ics")) if "always" not in e[0]]
        close_enough(got, sorted(of_person["ana"], key=lambda e: (e[1], e[0])), begin, end)
        return None


def close_enough(got, wanted, begin, end):
    """The clock goes on meanwhile: what touches the window by a minute only may be there or not."""
    def surely(e):
        return e[2] > begin + 60 and e[1] < end - 60
    equal([e for e in got if surely(e)], [e for e in wanted if surely(e)], "events")


def test_feed__asked_twice__has_the_same_events_under_the_same_names():
    if not icalendar:
        return MISSING
    with World() as w:
        w.run(rotation(w))

        def named():
            return {str(e["UID"]): (e["DTSTART"].dt, str(e["SUMMARY"]))
                    for name in ("primary", "always") for e in feed(w, f"/oncall/{name}.ics").walk("vevent")}
        equal(named(), named(), "the same events")
        return None


def test_feed__with_users__needs_a_token__which_is_never_logged():
    with World() as w:
        w.run(w.config(w.target(), w.receiver()))
        equal(w.http("GET", "/oncall/primary.ics", token=None)[0], 401, "without a token")
        equal(w.http("GET", "/oncall/primary.ics?token=wrong", token=None)[0], 401, "with a wrong one")
        equal(w.http("GET", f"/oncall/primary.ics?token={harness.TOKEN}", token=None)[0], 200, "in the address")
        equal(w.http("GET", "/oncall/primary.ics")[0], 200, "in the header")
        equal(w.http("GET", f"/api/v1/oncall?token={harness.TOKEN}", token=None)[0], 401, "for another route")
        equal(w.http("GET", f"/oncall/nothing.ics?token={harness.TOKEN}", token=None)[0], 404, "no such schedule")
        w.daemon.stop()
        check(harness.TOKEN not in w.daemon.log, "the token stands in the log")


def test_feed__imported_again__puts_the_same_people_on_call():
    with World() as w:
        config = rotation(w)
        w.run(config)
        status, text = w.http("GET", "/oncall/primary.ics")
        equal(status, 200, "status")
        w.daemon.stop()
        w.write(text, "primary.ics")
        before = stretches(w, "primary", NOW - 50 * DAY, NOW + 170 * DAY)
        config["schedules"] = {"primary": {"time_zone": "UTC", "layers": [{"calendar": "primary.ics"}]}}
        w.write(config)
        equal(stretches(w, "primary", NOW - 50 * DAY, NOW + 170 * DAY), before, "stretches")


# --- imports: what the file says, by other programs --------------------------------------------

PEOPLE = {"ana": "Ana Ruiz", "bo": "Bo Lind", "chen": None}


def resolve(zone, naive, gap):
    """By the oracle that the schedules are tested with."""
    return oracle.resolve(zone, oracle.seconds(naive), gap)


def local_of(value, zone):
    """(naive, zone, is a day) of what icalendar has read."""
    when = value.dt
    if not isinstance(when, datetime.datetime):
        return datetime.datetime(when.year, when.month, when.day), zone, True
    if when.tzinfo is None:
        return when, zone, False
    name = value.params.get("TZID") or "UTC"
    return when.replace(tzinfo=None), name, False


def rule_of(written):
    """RRULE as it stands in the file: icalendar 4 does not take all of them."""
    lines = [x for x in written.split("\r\n") if x.startswith("RRULE:")]
    return dict(x.split("=") for x in lines[0][6:].split(";")) if lines else {}


def instants(event, rule, zone):
    """[(naive start, start)] of one event, without regard to those that have one of their own."""
    start, own, day = local_of(event["DTSTART"], zone)
    gap = "next" if day else "shift"
    last = datetime.datetime(2040, 1, 1)
    found = [start]
    if rule:
        count, stop = int(rule.pop("COUNT", 0)), rule.pop("UNTIL", None)
        drawn = rrule.rrulestr(";".join(f"{k}={v}" for k, v in rule.items()), dtstart=start)
        for x in drawn:
            if x > last or len(found) == count:
                break
            if x > start:
                found.append(x)
        if stop is not None:
            found = [x for x in found if not_after(x, stop, own, gap)]
    for listed in as_list(event.get("RDATE")):
        for value in listed.dts:
            x, other, is_day = local_of_dt(value.dt, listed, zone)
            if is_day:
                x = datetime.datetime.combine(x.date(), start.time())
                found.append(x)
            else:
                t = resolve(other, x, "shift")
                found.append(oracle.civil(oracle.local_at(own, t)))
    out = set()
    for listed in as_list(event.get("EXDATE")):
        for value in listed.dts:
            x, other, is_day = local_of_dt(value.dt, listed, zone)
            out.add(x.date() if is_day else resolve(other, x, "shift"))
    pairs = [(x, resolve(own, x, gap)) for x in found]
    return own, gap, [(x, t) for x, t in pairs if t not in out and x.date() not in out]


def local_of_dt(when, listed, zone):
    if not isinstance(when, datetime.datetime):
        return datetime.datetime(when.year, when.month, when.day), zone, True
    if when.tzinfo is None:
        return when, zone, False
    return when.replace(tzinfo=None), listed.params.get("TZID") or "UTC", False


def as_list(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def not_after(x, stop, own, gap):
    if len(stop) == 8:
        return x.strftime("%Y%m%d") <= stop
    return resolve(own, x, gap) <= oracle.seconds(datetime.datetime.strptime(stop, "%Y%m%dT%H%M%SZ"))


def shifts(text, zone):
    """[(start, end, level, [people])] of a whole file."""
    calendar = icalendar.Calendar.from_ical(text)
    events, written = calendar.walk("vevent"), text.split("BEGIN:VEVENT")[1:]
    moved = set()
    for e in events:
        if "RECURRENCE-ID" in e:
            x, own, _ = local_of(e["RECURRENCE-ID"], zone)
            moved.add((str(e.get("UID", "")), resolve(own, x, "shift")))
    found = []
    for e, lines in zip(events, written):
        if str(e.get("STATUS", "")) == "CANCELLED":
            continue
        own, gap, pairs = instants(e, rule_of(lines), zone)
        start = local_of(e["DTSTART"], zone)[0]
        level, people = title(str(e["SUMMARY"]))
        for x, t in pairs:
            if "RECURRENCE-ID" not in e and (str(e.get("UID", "")), t) in moved:
                continue
            found.append((t, end_of(e, x, t, start, own, gap, zone), level, people))
    return [s for s in found if s[1] > s[0]]


def end_of(e, x, t, start, own, gap, zone):
    if "DTEND" in e:
        end, end_zone, _ = local_of(e["DTEND"], zone)
        if end_zone == own:
            return resolve(own, x + (end - start), gap) if end != start else t
        return t + resolve(end_zone, end, gap) - resolve(own, start, gap)
    if "DURATION" in e:
        length = e["DURATION"].dt
        return (resolve(own, x + datetime.timedelta(days=length.days), gap) if length.days else t) + length.seconds
    day = not isinstance(e["DTSTART"].dt, datetime.datetime)
    return resolve(own, x + datetime.timedelta(days=1), gap) if day else t


def title(text):
    level = 0
    if text[:2] == "[L":
        level, text = int(text[2]), text[4:].strip()
    return level, [next(k for k, full in PEOPLE.items() if n.strip() in (k, full)) for n in text.split(",")]


def who(all_shifts, t):
    there = [s for s in all_shifts if s[0] <= t < s[1]]
    top = max((s[2] for s in there), default=0)
    return {p for s in there if s[2] == top for p in s[3]}


def compare(w, text, zone, begin, end, what):
    w.write(text, "team.ics")
    w.write({"monitors": [], "channels": {"h": {"type": "webhook", "url": "http://127.0.0.1:1/"}},
             "people": {k: {"notify": [{"via": "h"}]} | ({"name": n} if n else {}) for k, n in PEOPLE.items()},
             "schedules": {"s": {"time_zone": zone, "layers": [{"calendar": "team.ics"}]}}})
    rows = json.loads(w.cli("oncall", "-c", w.config_path, "--at", stamp(begin), "--until", stamp(end),
                            "--json").stdout)
    wanted = shifts(text, zone)
    edges = sorted({begin} | {x for s in wanted for x in s[:2] if begin < x < end})
    spans = []
    for a, b in zip(edges, edges[1:] + [end]):
        people = who(wanted, a)
        if spans and spans[-1][2] == people:
            spans[-1][1] = stamp(b)
        else:
            spans.append([stamp(a), stamp(b), people])
    got = [[r["from"], r["to"], set(r["people"])] for r in rows]
    joined = got[:1]
    for row in got[1:]:  # the order of people is of no interest here
        if joined[-1][2] == row[2]:
            joined[-1][1] = row[1]
        else:
            joined.append(row)
    for a, b in zip(spans + [None], joined + [None]):
        check(a == b, f"{what}: is {b}, should be {a}\n{text}")


# --- imports: by hand --------------------------------------------------------------------------

def calendar(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    for i, event in enumerate(events):
        body = event if isinstance(event, list) else event.split("|")
        lines += ["BEGIN:VEVENT"] + body
        if not any(x.startswith("UID:") for x in body):
            lines.append(f"UID:{i}")
        lines += ["DTSTAMP:20260101T000000Z", "END:VEVENT"]
    return "\r\n".join(lines + ["END:VCALENDAR", ""])


def import_rows(w, text, zone, begin, end):
    compare(w, text, zone, begin, end, "by hand")
    rows = json.loads(w.cli("oncall", "-c", w.config_path, "--at", stamp(begin), "--until", stamp(end),
                            "--json").stdout)
    return [(r["from"], "+".join(r["people"])) for r in rows if r["people"]]


def spring(zone):
    """The next day on which the clocks of the zone go forward: (its midnight as naive, the change)."""
    t = NOW - NOW % 3600
    while not oracle.offset_at(zone, t + 3600) > oracle.offset_at(zone, t):
        t += 3600
    change = t + 3600
    local = oracle.civil(oracle.local_at(zone, t))
    return datetime.datetime(local.year, local.month, local.day), change


def test_import__over_the_change_of_clocks__keeps_the_wall():
    if not icalendar:
        return MISSING
    with World() as w:
        midnight, change = spring("Europe/Madrid")
        first = (midnight - datetime.timedelta(days=2)).strftime("%Y%m%d")
        text = calendar(f"DTSTART;TZID=Europe/Madrid:{first}T090000|DURATION:P1D|RRULE:FREQ=DAILY;COUNT=4|SUMMARY:ana")
        rows = import_rows(w, text, "UTC", change - 3 * DAY, change + 5 * DAY)
        equal(len(rows), 1, "one stretch without a seam")
        hole = (midnight + datetime.timedelta(hours=2, minutes=30)).strftime("%Y%m%dT%H%M%S")
        text = calendar(f"DTSTART;TZID=Europe/Madrid:{hole}|DURATION:PT1H|SUMMARY:ana")
        rows = import_rows(w, text, "UTC", change - DAY, change + DAY)
        equal(rows, [(stamp(change + 1800), "ana")], "02:30 is read as 03:30")
        return None


def test_import__whole_days__are_those_of_the_schedule():
    if not icalendar:
        return MISSING
    with World() as w:
        midnight, change = spring("Europe/Madrid")
        text = calendar(f"DTSTART;VALUE=DATE:{midnight:%Y%m%d}|SUMMARY:ana")
        for zone, length in (("Europe/Madrid", 23), ("Asia/Tokyo", 24), ("UTC", 24)):
            begin = oracle.resolve(zone, oracle.seconds(midnight))
            rows = import_rows(w, text, zone, begin - DAY, begin + 3 * DAY)
            equal(rows, [(stamp(begin), "ana")], f"day in {zone}")
            compare(w, text, zone, begin - DAY, begin + 3 * DAY, f"{length} hours in {zone}")
        return None


def test_import__titles__name_people_in_these_ways():
    if not icalendar:
        return MISSING
    with World() as w:
        day = oracle.civil(NOW - NOW % DAY + 10 * DAY)
        for title_, people in (("ana", "ana"), ("Ana Ruiz", "ana"), ("ana ruiz", "ana"), ("[L3] Bo Lind", "bo"),
                               ("ana\\, Bo Lind\\, chen", "ana+bo+chen"), (" bo ", "bo")):
            w.write(calendar(f"DTSTART:{day:%Y%m%d}T000000Z|DURATION:P1D|SUMMARY:{title_}"), "team.ics")
            w.write({"monitors": [], "people": {"ana": {"name": "Ana Ruiz"}, "bo": {"name": "Bo Lind"}, "chen": {}},
                     "schedules": {"s": {"time_zone": "UTC", "layers": [{"calendar": "team.ics"}]}}})
            got = json.loads(w.cli("oncall", "-c", w.config_path, "--at", f"{day:%Y-%m-%d}T12:00:00Z", "--json").stdout)
            equal("+".join(got[0]["people"]), people, title_)
        return None


def test_import__name_of_nobody__is_an_error_with_its_place():
    with World() as w:
        day = oracle.civil(NOW - NOW % DAY + 10 * DAY)
        w.write(calendar(f"DTSTART:{day:%Y%m%d}T000000Z|DURATION:P1D|SUMMARY:anna"), "team.ics")
        w.write("monitors: []\npeople: { ana: {} }\nschedules:\n  s:\n    time_zone: UTC\n    layers:\n"
                "      - { calendar: team.ics }\n")
        done = w.cli("check", "-c", w.config_path, status=1)
        check(f"midwatch.yaml:7:21: error: calendar `team.ics`: line 4: `anna` (the event of {day:%Y-%m-%d}) is not "
              "a person; did you mean `ana`?" in done.stderr, "the words", done.stderr)


def test_overrides_calendar__lies_over_the_layers__under_the_file():
    with World() as w:
        day = oracle.civil(NOW - NOW % DAY + 10 * DAY)
        w.write(calendar(f"DTSTART;VALUE=DATE:{day:%Y%m%d}|DURATION:P2D|SUMMARY:bo"), "swaps.ics")
        noon = [f"{day + datetime.timedelta(days=i):%Y-%m-%d}T12:00:00Z" for i in range(-1, 3)]
        w.write({"monitors": [], "people": {"ana": {}, "bo": {}, "chen": {}}, "schedules": {"s": {
            "time_zone": "UTC", "overrides_calendar": "swaps.ics",
            "layers": [{"anchor": "2026-01-05T00:00", "members": ["ana"]}],
            "overrides": [{"start": noon[2][:11] + "11:00", "end": noon[2][:11] + "13:00", "set": "chen"}]}}})
        said = [json.loads(w.cli("oncall", "-c", w.config_path, "--at", t, "--json").stdout)[0]["people"][0]
                for t in noon]
        equal(said, ["ana", "bo", "chen", "ana"], "on these days")


def test_reload__reads_the_calendar_again__a_bad_one_changes_nothing():
    with World() as w:
        config = w.config(w.target(), w.receiver())
        config["schedules"]["primary"] = {"time_zone": "UTC", "layers": [{"calendar": "team.ics"}]}
        begin = oracle.civil(NOW - NOW % DAY - DAY)

        def on_call(name):
            w.write(calendar(f"DTSTART;VALUE=DATE:{begin:%Y%m%d}|DURATION:P9D|SUMMARY:{name}"), "team.ics")

        def said():
            return [p for row in w.api("/oncall") for p in row["people"]]
        on_call("ana")
        w.run(config)
        equal(said(), ["ana"], "at the start")
        digest = w.api("/status")["config_digest"]
        on_call("bo")
        w.daemon.send(signal.SIGHUP)
        until(lambda: said() == ["bo"], "bo, after the reload")
        check(w.api("/status")["config_digest"] != digest, "another digest")
        on_call("nobody-we-know")
        w.daemon.send(signal.SIGHUP)
        until(lambda: "nobody-we-know" in w.daemon.log, "the error in the log")
        equal(said(), ["bo"], "still")


# --- imports: at random ------------------------------------------------------------------------

ZONES = ["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "America/Nuuk", "Africa/Cairo", "Asia/Kolkata",
         "Europe/Dublin", "America/Santiago"]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def draw_rule(rng, start):
    freq = rng.choice(["DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY"])
    rule = [f"FREQ={freq}"]
    if rng.random() < 0.5:
        rule.append(f"INTERVAL={rng.choice([1, 2, 2, 3, 5, 7])}")
    if freq == "WEEKLY" and rng.random() < 0.7 or freq == "DAILY" and rng.random() < 0.3:
        rule.append("BYDAY=" + ",".join(rng.sample(DAYS, rng.randint(1, 3))))
    picked = None
    if freq in ("MONTHLY", "YEARLY"):
        picked = rng.choice(["none", "day", "nth", "weekday", "both"])
        if picked in ("day", "both"):
            some = rng.sample([1, 2, 13, 15, 28, 29, 30, 31, -1, -2, -31], rng.randint(1, 3))
            rule.append("BYMONTHDAY=" + ",".join(map(str, some)))
        if picked == "nth":
            most = 5 if freq == "MONTHLY" else 53
            rule.append("BYDAY=" + ",".join(f"{rng.choice([-1, 1]) * rng.randint(1, min(most, rng.choice([2, 5, most])))}"
                                            f"{rng.choice(DAYS)}" for _ in range(rng.randint(1, 2))))
        if picked in ("weekday", "both"):
            rule.append("BYDAY=" + ",".join(rng.sample(DAYS, rng.randint(1, 4))))
        if picked in ("weekday", "day") and rng.random() < 0.4:
            rule.append(f"BYSETPOS={rng.choice(['1', '-1', '1,-1', '2', '-2,3'])}")
    # How numbers of weekdays count beside BYMONTH in a year is read alike by all; with BYSETPOS it is too.
    if rng.random() < 0.25:
        rule.append("BYMONTH=" + ",".join(str(m) for m in sorted(rng.sample(range(1, 13), rng.randint(1, 6)))))
        if picked == "nth" and freq == "YEARLY":
            rule = [r for r in rule if not r.startswith("BYDAY")] + [f"BYDAY={rng.choice([-1, 1, 2])}{rng.choice(DAYS)}"]
    if freq == "YEARLY" and picked == "none" and rng.random() < 0.3:
        rule.append(f"BYYEARDAY={rng.choice(['1', '-1', '60,100,366', '-366,200'])}")
    if freq == "WEEKLY" and rng.random() < 0.3:
        rule.append(f"WKST={rng.choice(DAYS)}")
    end = rng.random()
    if end < 0.3:
        rule.append(f"COUNT={rng.choice([1, 2, 5, 30])}")
    elif end < 0.5:
        stop = start + datetime.timedelta(days=rng.randint(0, 500), hours=rng.randint(0, 23))
        rule.append(f"UNTIL={rng.choice([stop.strftime('%Y%m%dT%H%M%SZ'), stop.strftime('%Y%m%d')])}")
    return ";".join(rule)


def draw_time(rng, kind, zone, when):
    if kind == "day":
        return f";VALUE=DATE:{when:%Y%m%d}"
    if kind == "utc":
        return f":{when:%Y%m%dT%H%M%S}Z"
    return f"{';TZID=' + zone if kind == 'zone' else ''}:{when:%Y%m%dT%H%M%S}"


def draw_event(rng, i):
    kind, zone = rng.choice(["day", "utc", "zone", "zone", "zone", "floating"]), rng.choice(ZONES)
    start = oracle.civil(NOW - NOW % DAY - rng.choice([0, 100, 300, 3000]) * DAY)
    start += datetime.timedelta(days=rng.randint(0, 200), minutes=rng.choice([0, 0, 90, 120, 150, 540, 1410]))
    lines = [f"UID:{i}", "DTSTART" + draw_time(rng, kind, zone, start)]
    length = rng.choice([1, 1, 2, 7, 20])
    if kind == "day":
        end = start + datetime.timedelta(days=length)
        lines += rng.choice([["DTEND" + draw_time(rng, kind, zone, end)], [f"DURATION:P{length}D"], []])
    else:
        end = start + datetime.timedelta(hours=length * rng.choice([1, 8, 24]))
        lines += rng.choice([["DTEND" + draw_time(rng, kind, zone, end)],
                             [rng.choice([f"DURATION:PT{length}H", f"DURATION:P{length}D", f"DURATION:P1DT{length}H"])]])
    lines.append("SUMMARY:" + rng.choice(["", "", "[L1] ", "[L5] "]) + rng.choice(["ana", "Bo Lind", "chen", "ana\\, chen"]))
    moved = []
    if rng.random() < 0.75:
        lines.append("RRULE:" + draw_rule(rng, start))
        later = [start + datetime.timedelta(days=d) for d in rng.sample([0, 1, 7, 14, 28, 30, 31, 365], 3)]
        if rng.random() < 0.4:
            lines.append("EXDATE" + draw_time(rng, kind, zone, later[0]))
        if rng.random() < 0.2 and kind != "day":
            lines.append(f"EXDATE;VALUE=DATE:{later[1]:%Y%m%d}")
        if rng.random() < 0.3:
            lines.append("RDATE" + draw_time(rng, kind, zone, later[1] + datetime.timedelta(days=3)))
        if rng.random() < 0.3:
            moved = [[f"UID:{i}", "RECURRENCE-ID" + draw_time(rng, kind, zone, later[2]), "SUMMARY:bo",
                      "DTSTART" + draw_time(rng, kind, zone, later[2] + datetime.timedelta(days=1)),
                      "DURATION:P1D"] + rng.choice([[], [], ["STATUS:CANCELLED"]])]
    return [lines] + moved


def test_random_calendars__every_change__as_other_programs_have_it():
    if not icalendar:
        return MISSING
    with World() as w:
        for number in range(CASES):
            rng = random.Random(f"{SEED} {number}")
            events = [e for i in range(rng.choice([1, 1, 2, 4])) for e in draw_event(rng, i)]
            begin = NOW - NOW % 3600 - rng.choice([0, 100, 300]) * DAY
            compare(w, calendar(*events), rng.choice(ZONES), begin, begin + rng.choice([100, 1500]) * DAY,
                    f"calendar {number} of seed {SEED}")
        return None


harness.main(__name__)
