#!/usr/bin/env python3
"""Who is on call, asked of the binary through a file: the published vectors, cases reasoned out by
hand, and schedules drawn at random, which must agree with an oracle written from the rules alone.

SEED and CASES choose other and more random schedules: SEED=7 CASES=4000 test_oncall.py random"""
import json
import os
import random

import harness
from harness import ROOT, World, check, equal

import oncall_oracle as oracle
import oncall_yaml

VECTORS = os.path.join(ROOT, "tests", "unit", "oncall", "oncall_vectors.json")
SEED = int(os.environ.get("SEED", "20261122"))
CASES = int(os.environ.get("CASES", "100"))


# --- cases by hand: what each shows, a schedule, {instant: who} -------------------------------
# The numbers are those of the reference where it names one; what it does not print is reasoned
# out from its rules and from the zone's own changes of the clock.

def layer(anchor, n, unit, users, **more):
    return {"anchor": anchor, "every": [n, unit], "users": [u or None for u in users]} | more


def one(zone, *turns, **more):
    return {"tz": zone, "layers": [layer(*turns, **more)]}


def many(mode, *layers, **more):
    return {"tz": "Etc/UTC", "merge": mode, "layers": list(layers)} | more


def week(*users, **more):
    return layer("2026-01-05T00:00", 1, "week", users, **more)


def over(*overrides, layers=(), **more):
    """Overrides over A (or other layers), all from 10 to 12 on 6 January."""
    return many("union", *(layers or [week("A", "B")]), overrides=[SPAN | o for o in overrides], **more)


NEW_YORK, WORKDAYS = "America/New_York", oracle.DAYS[:5]
OFFICE = [{"days": WORKDAYS, "start": "09:00", "end": "17:00"}]
SPAN = {"start": "2026-01-06T10:00:00Z", "end": "2026-01-06T12:00:00Z"}
NOON, ELEVEN = "2026-01-06T12:00:00Z", "2026-01-06T11:00:00Z"


def office(zone, who):
    return layer("2026-01-01T00:00", 1, "week", [who], tz=zone, restrict=[{"start": "09:00", "end": "17:00"}])


BY_HAND = {
    "weekly over the autumn": (one(NEW_YORK, "2026-10-26T09:00", 1, "week", "ABC"),
                               {"2026-11-02T13:59:59Z": "A", "2026-11-02T14:00:00Z": "B"}),
    "weekly by seconds": (one(NEW_YORK, "2026-10-26T09:00", 1, "week", "ABC", clock="elapsed"),
                          {"2026-11-02T12:59:59Z": "A", "2026-11-02T13:00:00Z": "B"}),
    "hole, shift": (one(NEW_YORK, "2026-03-06T02:30", 1, "day", "ABC", gap="shift"),
                    {"2026-03-08T07:29:59Z": "B", "2026-03-08T07:30:00Z": "C"}),
    "hole, before": (one(NEW_YORK, "2026-03-06T02:30", 1, "day", "ABC", gap="before"),
                     {"2026-03-08T06:29:59Z": "B", "2026-03-08T06:30:00Z": "C"}),
    "T10 half-hour hole": (one("Australia/Lord_Howe", "2026-10-02T02:15", 1, "day", "ABC"),
                           {"2026-10-03T15:29:59Z": "B", "2026-10-03T15:30:00Z": "C",
                            "2026-10-04T15:14:59Z": "C", "2026-10-04T15:15:00Z": "A"}),
    "T12 two-hour hole": (one("Antarctica/Troll", "2026-03-27T01:30", 1, "day", "ABC"),
                          {"2026-03-29T00:59:59Z": "B", "2026-03-29T01:00:00Z": "C",
                           "2026-03-29T23:29:59Z": "C", "2026-03-29T23:30:00Z": "A"}),
    "T14 hole at midnight": (one("America/Havana", "2026-03-06T00:00", 1, "day", "ABC"),
                             {"2026-03-08T04:59:59Z": "B", "2026-03-08T05:00:00Z": "C"}),
    "T15 hole before midnight": (one("America/Nuuk", "2026-03-26T23:30", 1, "day", "ABC"),
                                 {"2026-03-29T00:59:59Z": "B", "2026-03-29T01:00:00Z": "C"}),
    "T16 winter as the exception": (one("Europe/Dublin", "2026-03-27T01:30", 1, "day", "ABC"),
                                    {"2026-03-29T00:59:59Z": "B", "2026-03-29T01:00:00Z": "C"}),
    "T17 a day that never was": (one("Pacific/Apia", "2011-12-28T09:00", 1, "day", "ABCD"),
                                 {"2011-12-29T18:59:59Z": "A", "2011-12-29T19:00:00Z": "B",
                                  "2011-12-30T09:59:59Z": "B", "2011-12-30T10:00:00Z": "C",
                                  "2011-12-30T18:59:59Z": "C", "2011-12-30T19:00:00Z": "D"}),
    "T19 half-hour fold": (one("Australia/Lord_Howe", "2026-04-03T01:45", 1, "day", "ABC"),
                           {"2026-04-04T14:44:59Z": "B", "2026-04-04T14:45:00Z": "C",
                            "2026-04-04T15:15:00Z": "C", "2026-04-05T15:14:59Z": "C",
                            "2026-04-05T15:15:00Z": "A"}),
    "T20 two-hour fold": (one("Antarctica/Troll", "2026-10-23T01:30", 1, "day", "ABC"),
                          {"2026-10-24T23:29:59Z": "B", "2026-10-24T23:30:00Z": "C",
                           "2026-10-25T01:30:00Z": "C", "2026-10-26T01:30:00Z": "A"}),
    "T22 fold into winter": (one("Europe/Dublin", "2026-10-23T01:30", 1, "day", "ABC"),
                             {"2026-10-25T00:29:59Z": "B", "2026-10-25T00:30:00Z": "C",
                              "2026-10-25T01:30:00Z": "C", "2026-10-26T01:30:00Z": "A"}),
    "T23 Ramadan": (one("Africa/Casablanca", "2026-02-13T02:30", 1, "day", "ABC"),
                    {"2026-02-15T01:29:59Z": "B", "2026-02-15T01:30:00Z": "C",
                     "2026-02-15T02:30:00Z": "C", "2026-02-16T02:29:59Z": "C",
                     "2026-02-16T02:30:00Z": "A", "2026-03-22T01:59:59Z": "A",
                     "2026-03-22T02:00:00Z": "B", "2026-03-23T01:30:00Z": "C"}),
    "T25 odd offset": (one("Asia/Kathmandu", "2026-01-05T09:00", 1, "day", "ABC"),
                       {"2026-01-06T03:14:59Z": "A", "2026-01-06T03:15:00Z": "B"}),
    "T27 no midnight": (one("America/Sao_Paulo", "2018-11-02T00:00", 1, "day", "ABC"),
                        {"2018-11-04T02:59:59Z": "B", "2018-11-04T03:00:00Z": "C"}),
    "T28 fourteen hours ahead": (one("Pacific/Kiritimati", "2026-01-01T00:00", 1, "day", "ABC"),
                                 {"2025-12-31T09:59:59Z": "", "2025-12-31T10:00:00Z": "A"}),
    "T29 far hole": (one(NEW_YORK, "2059-03-07T02:30", 1, "day", "ABC"),
                     {"2059-03-09T06:59:59Z": "B", "2059-03-09T07:00:00Z": "C"}),
    "T30 far fold": (one("Europe/Berlin", "2099-10-23T02:30", 1, "day", "ABC"),
                     {"2099-10-25T00:29:59Z": "B", "2099-10-25T00:30:00Z": "C",
                      "2099-10-25T01:30:00Z": "C"}),
    "T31 past 32 bits": (one("Etc/UTC", "2038-01-18T03:14:08", 1, "day", "ABC"),
                         {"2038-01-19T03:14:07Z": "A", "2038-01-19T03:14:08Z": "B"}),
    "T32 no leap year": (one("Etc/UTC", "2100-02-27T00:00", 1, "day", "ABC"),
                         {"2100-02-28T23:59:59Z": "B", "2100-03-01T00:00:00Z": "C"}),
    "months, last": (one("Etc/UTC", "2026-02-28T09:00", 1, "month", "ABC", month_day="last"),
                     {"2026-03-31T08:59:59Z": "A", "2026-03-31T09:00:00Z": "B",
                      "2026-04-30T09:00:00Z": "C"}),
    "months, overflow": (one("Etc/UTC", "2026-01-31T09:00", 1, "month", "ABCD", month_day="overflow"),
                         {"2026-03-03T08:59:59Z": "A", "2026-03-03T09:00:00Z": "B",
                          "2026-03-31T09:00:00Z": "C", "2026-05-01T08:59:59Z": "C",
                          "2026-05-01T09:00:00Z": "D"}),
    "years from a leap day": (one("Etc/UTC", "2024-02-29T00:00", 12, "month", "ABC"),
                              {"2025-02-27T23:59:59Z": "A", "2025-02-28T00:00:00Z": "B",
                               "2028-02-28T23:59:59Z": "A", "2028-02-29T00:00:00Z": "B"}),
    "month into a hole": (one(NEW_YORK, "2026-01-08T02:30", 1, "month", "ABC"),
                          {"2026-03-08T06:59:59Z": "B", "2026-03-08T07:00:00Z": "C"}),
    "quarters": (one("Etc/UTC", "2026-11-30T00:00", 3, "month", "ABC"),
                 {"2027-02-27T23:59:59Z": "A", "2027-02-28T00:00:00Z": "B",
                  "2027-05-29T23:59:59Z": "B", "2027-05-30T00:00:00Z": "C"}),
    "T40 twelve hours on the wall": (one(NEW_YORK, "2026-03-07T08:00", 12, "hour", "AB", clock="wall"),
                                     {"2026-03-08T00:59:59Z": "A", "2026-03-08T01:00:00Z": "B",
                                      "2026-03-08T11:59:59Z": "B", "2026-03-08T12:00:00Z": "A"}),
    "hours elapsed in a fold": (one(NEW_YORK, "2026-11-01T00:00", 1, "hour", "ABC"),
                                {"2026-11-01T05:00:00Z": "B", "2026-11-01T06:00:00Z": "C",
                                 "2026-11-01T07:00:00Z": "A"}),
    "hours on the wall in a fold": (one(NEW_YORK, "2026-11-01T00:00", 1, "hour", "ABC", clock="wall"),
                                    {"2026-11-01T05:00:00Z": "B", "2026-11-01T06:59:59Z": "B",
                                     "2026-11-01T07:00:00Z": "C"}),
    "nights belong to the day before": (
        many("top", week("A", restrict=[{"days": WORKDAYS, "start": "22:00", "end": "06:00"}])),
        {"2026-01-09T23:00:00Z": "A", "2026-01-10T05:59:59Z": "A", "2026-01-10T06:00:00Z": "",
         "2026-01-11T23:00:00Z": "", "2026-01-12T05:00:00Z": "", "2026-01-12T22:00:00Z": "A"}),
    "as long as a day": (
        many("top", week("A", restrict=[{"days": ["sat"], "start": "09:00", "end": "09:00"}])),
        {"2026-01-10T08:59:59Z": "", "2026-01-10T09:00:00Z": "A", "2026-01-11T08:59:59Z": "A",
         "2026-01-11T09:00:00Z": ""}),
    "days alone": (many("top", week("A", restrict=[{"days": ["sat", "sun"]}])),
                   {"2026-01-09T23:59:59Z": "", "2026-01-10T00:00:00Z": "A",
                    "2026-01-11T23:59:59Z": "A", "2026-01-12T00:00:00Z": ""}),
    "hours shown twice": (one(NEW_YORK, "2026-01-05T00:00", 1, "week", "A",
                              restrict=[{"start": "01:00", "end": "01:30"}]),
                          {"2026-11-01T04:59:59Z": "", "2026-11-01T05:00:00Z": "A",
                           "2026-11-01T05:30:00Z": "", "2026-11-01T06:00:00Z": "A",
                           "2026-11-01T06:30:00Z": ""}),
    "hours never shown": (one(NEW_YORK, "2026-01-05T00:00", 1, "week", "A",
                              restrict=[{"start": "02:00", "end": "03:00"}]),
                          {"2026-03-07T07:00:00Z": "A", "2026-03-08T06:59:59Z": "",
                           "2026-03-08T07:00:00Z": "", "2026-03-08T07:30:00Z": ""}),
    "T50 the same weekday each week": (one("Etc/UTC", "2026-01-05T09:00", 1, "day", "ABCDE",
                                           advance="active", restrict=OFFICE),
                                       {"2026-01-05T10:00:00Z": "A", "2026-01-09T10:00:00Z": "E",
                                        "2026-01-10T10:00:00Z": "", "2026-01-12T10:00:00Z": "A",
                                        "2026-01-16T10:00:00Z": "E"}),
    "T51 two days each": (one("Etc/UTC", "2026-01-05T09:00", 2, "day", "ABCD", advance="active",
                              restrict=OFFICE),
                          {f"2026-01-{day:02}T10:00:00Z": who for day, who in
                           zip((5, 6, 7, 8, 9, 12, 13, 14, 15, 16), "AABBCCDDAA")}),
    "union": (many("union", week("A"), week("B", restrict=OFFICE), week("A")),
              {ELEVEN: "AB", "2026-01-06T18:00:00Z": "A"}),
    "levels": (many("level", week("A", level=0), week("B", level=2, restrict=OFFICE),
                    week("C", level=2, restrict=OFFICE),
                    week("D", level=1, restrict=[{"start": "16:00", "end": "18:00"}])),
               {ELEVEN: "BC", "2026-01-06T17:00:00Z": "D", "2026-01-06T18:00:00Z": "A"}),
    "a vacant turn": (one("Etc/UTC", "2026-01-01T00:00", 1, "day", ["A", None, "B"]),
                      {"2026-01-02T12:00:00Z": "", "2026-01-03T12:00:00Z": "B"}),
    "a vacant turn hides nobody": (many("top", week("A"), layer("2026-01-05T00:00", 1, "day", ["B", None])),
                                   {"2026-01-05T01:00:00Z": "B", "2026-01-06T01:00:00Z": "A"}),
    "a vacant layer hides nobody": (many("top", week("A"), week(None)), {NOON: "A"}),
    "start index": (one("Etc/UTC", "2026-01-01T00:00", 1, "day", "ABC", start_index=2),
                    {"2026-01-01T12:00:00Z": "C", "2026-01-02T12:00:00Z": "A"}),
    "from and until": (one("Etc/UTC", "2026-01-01T00:00", 1, "day", "ABC",
                           **{"from": "2026-01-03T00:00:00Z", "until": "2026-01-05T00:00:00Z"}),
                       {"2025-12-31T23:59:59Z": "", "2026-01-02T23:59:59Z": "",
                        "2026-01-03T00:00:00Z": "C", "2026-01-04T23:59:59Z": "A",
                        "2026-01-05T00:00:00Z": ""}),
    "backwards": (one("Etc/UTC", "2026-01-01T00:00", 1, "day", "ABC", backwards=True),
                  {"2025-12-31T23:59:59Z": "C", "2025-12-29T12:00:00Z": "A",
                   "2025-12-28T12:00:00Z": "C"}),
    "anchor in the second pass": (one(NEW_YORK, "2026-11-01T01:30-05:00", 1, "day", "AB"),
                                  {"2026-11-01T05:30:00Z": "", "2026-11-01T06:29:59Z": "",
                                   "2026-11-01T06:30:00Z": "A", "2026-11-02T06:30:00Z": "B"}),
    "the last `set` holds": (over({"set": ["X"]}, {"set": ["Y"]}), {ELEVEN: "Y", NOON: "A"}),
    "`set` nobody": (over({"set": []}), {ELEVEN: "", NOON: "A"}),
    "replace": (over({"replace": "A", "with": "X"}), {ELEVEN: "X", NOON: "A"}),
    "replace who is not there": (over({"replace": "B", "with": "X"}), {ELEVEN: "A"}),
    "replace before remove": (over({"replace": "A", "with": "X"}, {"remove": ["A"]}), {ELEVEN: "X"}),
    "remove": (over({"remove": ["A"]}), {ELEVEN: "", NOON: "A"}),
    "add once": (over({"add": ["X", "A"]}), {ELEVEN: "AX"}),
    "set, add, remove": (over({"set": ["X"]}, {"add": ["Y"]}, {"remove": ["X"]}), {ELEVEN: "Y"}),
    "replace in a set": (over({"set": ["X"]}, {"replace": "X", "with": "Z"}), {ELEVEN: "Z"}),
    "swap": (over({"replace": "A", "with": "B"}, {"replace": "B", "with": "A"},
                  layers=[week("A"), week("B")]), {ELEVEN: "BA"}),
    "replace by who is there": (over({"replace": "A", "with": "B"}, layers=[week("A"), week("B")]),
                                {ELEVEN: "B"}),
    "temporary over overrides": (over({"add": ["X"]}, temporary=[SPAN | {"shifts": [SPAN | {"user": "T"}]}]),
                                 {ELEVEN: "T"}),
    "T66 follow the sun": (many("union", office("Europe/London", "L"), office(NEW_YORK, "N"),
                                office("Asia/Tokyo", "T")),
                           {NOON: "L", "2026-01-06T13:30:00Z": "L", "2026-03-10T13:30:00Z": "LN",
                            "2026-01-06T23:30:00Z": ""}),
}


# --- asking ---------------------------------------------------------------------------------

def ask(w, *args):
    return json.loads(w.cli("oncall", "-c", w.config_path, "--json", *args).stdout)


def utc(t):
    return oncall_yaml.iso_seconds(t) + "Z"


def seconds(text):
    return oracle.parse_time(text, "UTC")


def agrees(w, name, at, people):
    equal(ask(w, "--schedule", name, "--at", at), [{"schedule": name, "at": at, "people": people}],
          f"{name} at {at}")


def test_oracle__vectors_and_cases__agrees_with_them():
    for case in vectors():
        equal(oracle.Schedule(case["schedule"]).who(seconds(case["at"])), case["expect"],
              f"{case['id']} at {case['at']}")
    for name, (schedule, wanted) in BY_HAND.items():
        for at, people in wanted.items():
            equal(oracle.Schedule(schedule).who(seconds(at)), list(people), f"{name} at {at}")


def vectors():
    with open(VECTORS, encoding="utf-8") as f:
        return json.load(f)["cases"]


def test_vectors__written_as_a_file__name_the_same_people():
    with World() as w:
        schedules = {case["id"]: case["schedule"] for case in vectors()}
        w.write(oncall_yaml.write(schedules, random.Random(SEED)))
        w.cli("check", "-c", w.config_path)
        for case in vectors():
            agrees(w, case["id"], case["at"], case["expect"])


def test_cases_by_hand__written_as_a_file__name_the_same_people():
    with World() as w:
        named = {f"case-{i}": case for i, case in enumerate(BY_HAND.items())}
        w.write(oncall_yaml.write({n: schedule for n, (_, (schedule, _)) in named.items()}, random.Random(SEED)))
        for n, (what, (_, wanted)) in named.items():
            for at, people in wanted.items():
                got = ask(w, "--schedule", n, "--at", at)
                equal(got[0]["people"], list(people), f"{what} at {at}")


def test_every_schedule__asked_at_once__answers_in_the_order_of_the_file():
    with World() as w:
        w.write(oncall_yaml.write({"z": one("UTC", "2026-01-05", 1, "day", "AB"),
                                   "a": one("UTC", "2026-01-05", 1, "week", "C")}, random.Random(1)))
        equal(ask(w, "--at", "2026-01-06T00:00:00.999Z"),
              [{"schedule": "z", "at": "2026-01-06T00:00:00.999Z", "people": ["B"]},
               {"schedule": "a", "at": "2026-01-06T00:00:00.999Z", "people": ["C"]}], "both at once")
        equal(ask(w, "--at", "2026-01-05T12:00:00Z", "--until", "2026-01-06T12:00:00Z"),
              [{"schedule": "z", "from": "2026-01-05T12:00:00Z", "to": "2026-01-06T00:00:00Z", "people": ["A"]},
               {"schedule": "z", "from": "2026-01-06T00:00:00Z", "to": "2026-01-06T12:00:00Z", "people": ["B"]},
               {"schedule": "a", "from": "2026-01-05T12:00:00Z", "to": "2026-01-06T12:00:00Z", "people": ["C"]}],
              "changes of both")


# --- at random ------------------------------------------------------------------------------

def compare(w, number, rng):
    drawn, near = oncall_yaml.draw(rng)
    schedule = oracle.Schedule(drawn)
    text = oncall_yaml.write({"s": drawn}, rng)
    w.write(text)
    begin = near - rng.choice([3600, 40000, 86400, 200000]) + rng.choice([0, 1, -1])
    end = begin + rng.choice([1, 2, 4]) * 86400
    wanted = [{"schedule": "s", "from": utc(a), "to": utc(b), "people": people}
              for a, b, people in schedule.spans(begin, end)]
    got = ask(w, "--at", utc(begin), "--until", utc(end))
    for a, b in zip(wanted + [None], got + [None]):
        check(a == b, f"schedule {number} of seed {SEED}: is {b}, should be {a}\n{text}")
    at = max(0, rng.choice([near, near - 1, end, near + rng.randint(-10**9, 10**9)]))
    got = ask(w, "--at", utc(at))[0]["people"]
    check(got == schedule.who(at), f"schedule {number} of seed {SEED} at {utc(at)}: is {got}, "
          f"should be {schedule.who(at)}\n{text}")


def test_random_schedules__every_change__as_the_oracle_has_it():
    with World() as w:
        for number in range(CASES):
            compare(w, number, random.Random(f"{SEED} {number}"))


harness.main(__name__)
