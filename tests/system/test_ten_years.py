#!/usr/bin/env python3
"""Ten years of every schedule in conf/ and in docs/oncall.md: exactly the promised people, by the oracle that
was written from the rules alone. Files are read by another YAML reader, too.

All changes, the minutes around each, and minutes at random; MINUTES=all looks at every one of the
5,258,880 of each schedule (`make tenyears`, about half an hour)."""
import bisect
import datetime
import glob
import json
import os
import random
import re
import subprocess
import sys

import harness
from harness import BINARY, ROOT, World, check

import oncall_oracle as oracle

sys.path.append("/usr/lib/python3/dist-packages")  # where Debian's are, whichever python3 this is
try:
    import yaml
except ImportError:
    yaml = None

MISSING = "python3-yaml is not installed"
BEGIN = oracle.seconds(datetime.datetime(2026, 1, 1))
END = oracle.seconds(datetime.datetime(2036, 1, 1))
EVERY_MINUTE = os.environ.get("MINUTES") == "all"
AT_RANDOM = 3000


# --- a file's schedules in the oracle's words ---------------------------------------------------

def people(value):
    if isinstance(value, list):
        return value
    return None if value in (None, "null", "~", "") else value


def turn(value):
    if isinstance(value, dict):
        return [int(value["n"]), value["unit"]]
    n, unit = value.split()
    return [int(n), unit.rstrip("s")]


def days(value):
    names = []
    for word in value if isinstance(value, list) else [value]:
        first, _, last = word.partition("-")
        at = oracle.DAYS.index(first)
        names.append(first)
        while names[-1] != (last or first):
            at = (at + 1) % 7
            names.append(oracle.DAYS[at])
    return names


def layer(item):
    out = {"anchor": item["anchor"], "every": turn(item.get("every", "1 week")),
           "users": [people(m) for m in item["members"]]}
    for ours, theirs, kind in (("time_zone", "tz", str), ("clock", "clock", str), ("month_day", "month_day", str),
                               ("gap", "gap", str), ("advance", "advance", str), ("from", "from", str),
                               ("until", "until", str), ("start_index", "start_index", int), ("level", "level", int)):
        if ours in item:
            out[theirs] = kind(item[ours])
    out["backwards"] = item.get("backwards") == "true"
    out["restrict"] = [r | ({"days": days(r["days"])} if "days" in r else {}) for r in item.get("restrict", [])]
    return out


def schedule(item):
    out = {"tz": item["time_zone"], "merge": item.get("merge", "top"), "layers": [layer(x) for x in item["layers"]]}
    for name in ("overrides", "temporary"):
        out[name] = item.get(name, [])
    return out


def samples():
    """(where, file text to ask the binary about, name, schedule)"""
    for path in sorted(glob.glob(os.path.join(ROOT, "conf", "**", "*.yaml"), recursive=True)):
        with open(path, encoding="utf-8") as f:
            read = yaml.load(f, yaml.BaseLoader) or {}
        for name, item in (read.get("schedules") or {}).items():
            yield os.path.relpath(path, ROOT), path, name, item


def documented(w):
    """The examples of docs/oncall.md that are whole schedules, each in a file of its own."""
    with open(os.path.join(ROOT, "docs", "oncall.md"), encoding="utf-8") as f:
        blocks = re.findall(r"```yaml\n(.*?)```", f.read(), re.S)
    for i, block in enumerate(blocks):
        read = yaml.load(block, yaml.BaseLoader)
        whole = read.get("schedules") or ({f"example-{i}": read} if "time_zone" in read and "layers" in read else {})
        whole = {n: s for n, s in whole.items() if all("calendar" not in x for x in s["layers"])}
        if not whole:
            continue
        named = {p for s in whole.values() for x in s["layers"] for m in x["members"] for p in oracle.names(people(m))}
        path = w.write({"monitors": [], "people": {p: {} for p in sorted(named)}, "schedules": block_of(whole)},
                       f"example-{i}.yaml")
        for name, item in whole.items():
            yield f"docs/oncall.md, example {i}", path, name, item


def block_of(whole):
    """Members that are null must stay so in JSON."""
    return {n: s | {"layers": [x | {"members": [people(m) for m in x["members"]]} for x in s["layers"]]}
            for n, s in whole.items()}


# --- what the binary says ------------------------------------------------------------------------

def told(w, path, name):
    """([from …], [people …]) of ten years."""
    done = subprocess.run([BINARY, "oncall", "-c", path, "--schedule", name, "--json", "--at", "2026-01-01T00:00:00Z",
                           "--until", "2036-01-01T00:00:00Z"], capture_output=True, text=True, env=w.env,
                          timeout=120, check=False)
    check(done.returncode == 0, f"{path}: oncall ended with {done.returncode}", done.stderr)
    rows = json.loads(done.stdout)
    starts = [oracle.parse_time(r["from"].replace("Z", "+00:00"), "UTC") for r in rows]
    ends = [oracle.parse_time(r["to"].replace("Z", "+00:00"), "UTC") for r in rows]
    check(starts[0] == BEGIN and ends[-1] == END and starts[1:] == ends[:-1], f"{path}: holes between the rows")
    return starts, [r["people"] for r in rows]


def instants(wanted, rng):
    if EVERY_MINUTE:
        return range(BEGIN, END, 60)
    around = {t + d for t in (a for a, _, _ in wanted) for d in (-60, -1, 0, 1, 60)}
    at_random = {rng.randrange(BEGIN // 60, END // 60) * 60 for _ in range(AT_RANDOM)}
    return sorted(t for t in around | at_random if BEGIN <= t < END)


def ten_years(w, where, path, name, item):
    drawn = oracle.Schedule(schedule(item))
    starts, who = told(w, path, name)
    wanted = drawn.spans(BEGIN, END)
    for i, (a, _, them) in enumerate(wanted):
        got = (starts[i], who[i]) if i < len(starts) else None
        check(got == (a, them), f"{where}, {name}: change {i} is {got}, should be {(a, them)}")
    check(len(starts) == len(wanted), f"{where}, {name}: {len(starts)} changes, should be {len(wanted)}")
    for t in instants(wanted, random.Random(name)):
        them = who[bisect.bisect_right(starts, t) - 1]
        check(them == drawn.who(t), f"{where}, {name} at {oracle.civil(t)}Z: {them}, should be {drawn.who(t)}")


def test_samples__ten_years__exactly_the_promised_people():
    if not yaml:
        return MISSING
    with World() as w:
        n = 0
        for sample in samples():
            ten_years(w, *sample)
            n += 1
        check(n >= 4, "schedules in conf/", n)
        return None


def test_documented_examples__ten_years__exactly_the_promised_people():
    if not yaml:
        return MISSING
    with World() as w:
        n = 0
        for sample in documented(w):
            ten_years(w, *sample)
            n += 1
        check(n >= 3, "whole schedules in docs/oncall.md", n)
        return None


harness.main(__name__)
