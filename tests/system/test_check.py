#!/usr/bin/env python3
"""`midwatch check`: what cannot be meant is refused, with the place and a plain word, all at once."""
import re

import harness
from harness import World, check, equal

GOOD = """\
monitors:
  - name: site
    http: https://example.com
    interval: 30s
    expect: [ "status == 200", "latency < 800ms" ]
people:
  ana: { name: Ana Ruiz, notify: [ { via: hook } ] }
channels:
  hook: { type: webhook, url: https://pager.example/in }
schedules:
  primary:
    time_zone: Europe/Madrid
    layers:
      - { name: weekly, anchor: 2026-01-05T09:00, every: 1 week, members: [ana] }
policies:
  default:
    steps:
      - { notify: ["schedule:primary"] }
"""

# what is wrong: (text of GOOD, what it becomes, line of the error, words the error must hold)
BAD = {
    "unknown_key": ("    interval: 30s", "    intervall: 30s", 4, ["intervall", "interval"]),
    "unknown_top_key": ("monitors:", "monitor:", 1, ["monitor", "monitors"]),
    "duplicate_key": ("    interval: 30s", "    interval: 30s\n    interval: 40s", 5, ["interval"]),
    "tab": ("    interval: 30s", "\tinterval: 30s", 4, []),
    "duration_without_unit": ("interval: 30s", "interval: 30", 4, ["30"]),
    "duration_of_nonsense": ("interval: 30s", "interval: soon", 4, ["soon"]),
    "duration_negative": ("interval: 30s", "interval: -5s", 4, ["-5s"]),
    "duration_zero": ("interval: 30s", "interval: 0s", 4, []),
    "list_where_a_value_belongs": ("interval: 30s", "interval: [30s]", 4, []),
    "url_of_nonsense": ("https://example.com", "htps://example.com", 3, ["htps"]),
    "url_without_host": ("https://example.com", "\"http://\"", 3, []),
    "name_with_a_blank": ("name: site", "name: \"my site\"", 2, ["my site"]),
    "name_twice": ("people:", "  - { name: site, http: https://example.org }\npeople:", 6, ["site"]),
    "no_kind": ("    http: https://example.com\n", "", 2, []),
    "expectation_unknown_field": ("latency < 800ms", "latencies < 800ms", 5, ["latencies", "latency"]),
    "expectation_wrong_type": ("latency < 800ms", "latency < blue", 5, ["blue"]),
    "expectation_bad_operator": ("status == 200", "status = 200", 5, []),
    "expectation_bad_regex": ("status == 200", "body matches /(/", 5, []),
    "dangling_channel": ("via: hook", "via: hok", 7, ["hok", "hook"]),
    "dangling_schedule": ("schedule:primary", "schedule:primry", 18, ["primry", "primary"]),
    "dangling_member": ("members: [ana]", "members: [anna]", 14, ["anna", "ana"]),
    "contact_without_kind": ("[\"schedule:primary\"]", "[primary]", 18, ["primary"]),
    "unknown_zone": ("Europe/Madrid", "Europe/Madird", 12, ["Europe/Madird"]),
    "unknown_channel_type": ("type: webhook", "type: webhok", 9, ["webhok", "webhook"]),
    "impossible_date": ("2026-01-05T09:00", "2026-02-30T09:00", 14, ["2026-02-30"]),
    "turn_of_nonsense": ("every: 1 week", "every: 1 fortnight", 14, ["fortnight"]),
    "turn_of_zero": ("every: 1 week", "every: 0 week", 14, []),
    "unset_variable": ("https://example.com", "${env:NOT_SET_ANYWHERE}", 3, ["NOT_SET_ANYWHERE"]),
    "unclosed_quote": ("name: site", "name: \"site", None, []),
    "bad_secret": ("url: https://pager.example/in", "url: https://pager.example/in, secret: whsec_!!!", 9, []),
    "two_layers_without_merge": ("members: [ana] }",
                                 "members: [ana] }\n      - { name: nights, anchor: 2026-01-05T09:00, "
                                 "every: 1 day, members: [ana] }", None, ["merge"]),
    "schedule_that_cannot_be_kept": ("interval: 30s", "interval: 10ms", 4, []),
}

LINE = re.compile(r"^(.+?):(\d+):(\d+): error: (\S.*)$")


def errors(w):
    done = w.cli("check", "-c", w.config_path, status=1)
    said = (done.stdout + done.stderr).splitlines()
    return [LINE.match(line) for line in said if ": error: " in line], said


def refused(name):
    old, new, line, words = BAD[name]
    with World() as w:
        check(old in GOOD, "the table is wrong: not in the good file", old)
        w.write(GOOD.replace(old, new, 1))
        found, said = errors(w)
        check(found and all(found), "not `FILE:LINE:COL: error: TEXT` a line", said)
        check(len(found) <= 2, "one fault, many errors", said)
        first = found[0]
        check(first[1].endswith("midwatch.yaml"), "the file is not named", first[0])
        if line is not None:
            equal(int(first[2]), line, f"line of: {first[0]}")
        for word in words:
            check(word in first[4], f"`{word}` is not in", first[4])


def test_good_file__summary_and_status_0():
    with World() as w:
        w.write(GOOD)
        done = w.cli("check", "-c", w.config_path)
        check("1 monitor" in done.stdout, "how many monitors", done.stdout)
        check("primary" in done.stdout and "ana" in done.stdout.lower(), "who is on call", done.stdout)


def test_smallest_useful_file__is_good():
    with World() as w:
        w.write("monitors: [ { name: site, http: https://example.com } ]\n"
                "channels: { hook: { type: webhook, url: https://pager.example/in } }\n")
        w.cli("check", "-c", w.config_path)


def test_several_faults__all_at_once__in_order():
    with World() as w:
        w.write(GOOD.replace("interval: 30s", "interval: soon").replace("via: hook", "via: hok")
                .replace("type: webhook", "type: webhok"))
        found, said = errors(w)
        check(all(found), "not `FILE:LINE:COL: error: TEXT` a line", said)
        equal([int(m[2]) for m in found][:3], sorted(int(m[2]) for m in found)[:3], "order of lines")
        check({4, 9} <= {int(m[2]) for m in found}, "both faults", said)


def test_no_file__says_so():
    with World() as w:
        done = w.cli("check", "-c", "nowhere.yaml", status=1)
        check("nowhere.yaml" in done.stdout + done.stderr, "the name of the file", done.stderr)
        equal(len((done.stdout + done.stderr).strip().splitlines()), 1, "lines said")


def test_empty_file_and_junk__are_refused_without_harm():
    for text in ("", "\x00\x01\x02", "[" * 5000, "- a\n- b\n", "a: &x [*x]\n", "\xff\xfe",
                 "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n"):
        with World() as w:
            with open(w.config_path, "w", encoding="latin-1") as f:
                f.write(text)
            done = w.cli("check", "-c", w.config_path, status=1)
            check("error: " in done.stdout + done.stderr, "an error", text[:20], done.stderr)


def test_secret__never_in_an_error():
    with World() as w:
        w.write(GOOD.replace("url: https://pager.example/in",
                             "url: \"${env:HOOK}\", secret: \"${env:SECRET}\", type: webhook"))
        done = w.cli("check", "-c", w.config_path, status=1,
                     env={"HOOK": "htps://user:pa55w0rd@pager.example/tok3n", "SECRET": "whsec_s3cr3t!"})
        for secret in ("pa55w0rd", "tok3n", "s3cr3t"):
            check(secret not in done.stdout + done.stderr, "a secret was shown", done.stdout + done.stderr)


def test_run__with_a_bad_file__says_the_same_and_ends():
    with World() as w:
        w.write(GOOD.replace("interval: 30s", "intervall: 30s"))
        done = w.cli("run", "-c", w.config_path, status=1)
        check(":4:" in done.stderr and "intervall" in done.stderr, "the error's place", done.stderr)


for fault in BAD:
    globals()[f"test_{fault}__refused_at_its_place"] = lambda fault=fault: refused(fault)

harness.main(__name__)
