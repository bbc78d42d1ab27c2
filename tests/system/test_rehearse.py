#!/usr/bin/env python3
"""The timelines of the reference (E1 to E12), and whatever else a rehearsal promises, asked of the
real binary: `midwatch rehearse --json` on stories of one file each."""
import json

import harness
from harness import World, check, equal, until

START = "2026-11-22T02:00:00Z"      # a Sunday


def channels(*names):
    return {n: {"type": "webhook", "url": "http://127.0.0.1:1/"} for n in names}


def base(policy, **changes):
    """One monitor, confirmed by one result; people with a channel each, a policy."""
    people = {n: {"notify": [{"via": n}]} for n in ("ana", "bo", "cy", "dee")}
    return {
        "defaults": {"interval": "10s", "fail_after": 1, "recover_after": 1},
        "monitors": [{"name": "api", "http": "http://127.0.0.1:1/"}],
        "people": people,
        "channels": channels("ana", "bo", "cy", "dee", "push", "sms", "call", "ops"),
        "schedules": {
            "turns": {"time_zone": "UTC", "layers": [
                {"name": "l", "anchor": "2026-11-22T02:12", "every": "1 day", "members": ["bo", "ana"],
                 "backwards": True}]},
            "office": {"time_zone": "UTC", "layers": [
                {"name": "l", "anchor": "2026-01-01T00:00", "every": "1 day", "members": ["ana"],
                 "restrict": [{"days": ["mon-fri"], "start": "09:00", "end": "17:00"}]}]},
            "empty": {"time_zone": "UTC", "layers": [
                {"name": "l", "anchor": "2026-01-01T00:00", "every": "1 day", "members": [None],
                 "allow_empty": True}]}},
        "policies": {"default": policy},
    } | changes


def steps(*notify, **more):
    """At 0, 5 and 15 minutes."""
    after = (None, "5m", "10m")
    return {"steps": [{"notify": [n]} | ({"after": a} if a else {}) for n, a in zip(notify, after)]} | more


LADDER = ("person:ana", "person:bo", "person:cy")
DOWN = {"at": "+0s", "down": ["api"]}


def rehearse(config, events, end="+2h", start=START, status=0):
    with World() as w:
        w.write(config)
        story = w.write({"start": start, "until": end, "events": events}, "story.yaml")
        done = w.cli("rehearse", "-c", w.config_path, story, "--json", status=status)
        entries = json.loads(done.stdout)
    order = [e["offset_s"] for e in entries]
    equal(order, sorted(order), "the order of the entries")
    for e in entries:
        equal(sorted(e), sorted(("at", "offset_s", "event", "incident", "monitor", "step", "loop", "person",
                                 "channel", "why")), "the keys of an entry")
    return entries


def minutes(e):
    return f"{e['offset_s'] / 60:g}"


def pages(entries, who="person"):
    return " ".join(f"{e[who] or e['channel']}@{minutes(e)}" for e in entries if e["event"] == "page")


def of(entries, event):
    return [e for e in entries if e["event"] == event]


# --- E1 to E12 ------------------------------------------------------------------------------
# name: policy, what happens, pages as who@minute, what else must hold

TIMELINES = {
    "E1": (steps(*LADDER), [DOWN], "ana@0 bo@5 cy@15"),
    "E2": (steps(*LADDER, repeat={"times": 1, "every": "20m"}), [DOWN],
           "ana@0 bo@5 cy@15 ana@35 bo@40 cy@50"),
    "E3": (steps(*LADDER), [DOWN, {"at": "+7m", "ack": "ana"}], "ana@0 bo@5"),
    "E4": (steps(*LADDER, ack_timeout="30m"), [DOWN, {"at": "+7m", "ack": "ana"}],
           "ana@0 bo@5 ana@37 bo@42 cy@52"),
    "E5": (steps(*LADDER), [DOWN, {"at": "+4m", "resolve": "ana"}, {"at": "+4m", "up": ["api"]}], "ana@0"),
    "E5 by itself": (steps(*LADDER), [DOWN | {"for": "4m"}], "ana@0"),
    "E6": (steps("person:ana", "schedule:empty", "person:cy"), [DOWN], "ana@0 cy@5"),
    "E7": (steps("schedule:turns", "person:cy", "schedule:turns"), [DOWN], "ana@0 cy@5 bo@15"),
    "E9": (steps(*LADDER), [{"at": "+0s", "maintenance": ["api"], "for": "8m"}, DOWN], "ana@8 bo@13 cy@23"),
    "E9 and well before": (steps(*LADDER), [{"at": "+0s", "maintenance": ["api"], "for": "8m"},
                                            DOWN | {"for": "7m"}], ""),
    "E10": (steps(*LADDER), [DOWN, {"at": "+2m", "snooze": "60m"}], "ana@0 ana@62 bo@67 cy@77"),
    "E12": (steps(*LADDER, reopen_window="10m"),
            [DOWN | {"for": "1m"}, DOWN | {"at": "+2m", "for": "1m"}], "ana@0 ana@2"),
}


def test_policy__by_its_timeline__pages_at_the_minute():
    wrong = []
    for name, (policy, events, wanted) in TIMELINES.items():
        got = pages(rehearse(base(policy), events))
        if got != wanted:
            wrong.append(f"{name}: {got!r}, should be {wanted!r}")
    check(not wrong, "timelines", *wrong)


def test_page__of_a_step__says_step_and_loop_from_0_and_why():
    entries = rehearse(base(steps(*LADDER, repeat={"times": 1, "every": "20m"})), [DOWN])
    equal([(e["step"], e["loop"]) for e in of(entries, "page")],
          [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)], "steps and loops")
    check(all(e["why"] and e["channel"] for e in of(entries, "page")), "every page says why")
    equal([(e["step"], e["loop"]) for e in of(entries, "escalated")],
          [(1, 0), (2, 0), (0, 1), (1, 1), (2, 1)], "escalations")
    equal(len(of(entries, "triggered")), 1, "triggers")
    equal(of(entries, "triggered")[0]["at"], "2026-11-22T02:00:00.000Z", "the instant")


def test_resolve__told_to_exactly_those_who_were_paged():
    entries = rehearse(base(steps(*LADDER)), [DOWN | {"for": "6m"}])
    equal([(e["person"], e["channel"], minutes(e)) for e in of(entries, "resolved")],
          [("ana", "ana", "6"), ("bo", "bo", "6")], "told of the resolve")
    by_hand = rehearse(base(steps(*LADDER)), TIMELINES["E5"][1])
    equal([(e["person"], minutes(e)) for e in of(by_hand, "resolved")], [("ana", "4")], "told of the resolve")
    equal(of(by_hand, "closed")[0]["person"], "ana", "who closed it")


def test_deeds__each_once_with_its_person():
    entries = rehearse(base(steps(*LADDER, ack_timeout="30m")), [
        DOWN, {"at": "+7m", "ack": "ana"}, {"at": "+9m", "snooze": "1h"}, {"at": "+10m", "unack": "bo"},
        {"at": "+12m", "resolve": "cy"}, {"at": "+12m", "up": ["api"]}])
    for event, person, minute in (("acknowledged", "ana", "7"), ("snoozed", "ana", "9"),
                                  ("unsnoozed", "bo", "10"), ("closed", "cy", "12")):
        equal([(e["person"], minutes(e)) for e in of(entries, event)], [(person, minute)], event)
    entries = rehearse(base(steps(*LADDER)), [DOWN, {"at": "+7m", "ack": "ana"}, {"at": "+9m", "unack": "bo"}])
    equal([(e["person"], minutes(e)) for e in of(entries, "unacknowledged")], [("bo", "9")], "unacknowledged")
    equal(pages(entries).split()[2:], ["ana@9", "bo@14", "cy@24"], "paging begins anew")


def test_handoff__tells_the_newcomer_what_is_inherited():
    entries = rehearse(base(steps("schedule:turns", "person:cy", "schedule:turns")), [DOWN])
    equal([(e["person"], minutes(e)) for e in of(entries, "handoff")], [("bo", "12")], "handoff")


def test_low_urgency__goes_no_further_than_step_0_until_the_hours_begin():
    """E8."""
    people = {n: {"notify": [{"via": n}], "notify_low": [{"via": "ops"}]} for n in ("ana", "bo", "cy")}
    low = base(steps(*LADDER, urgency="low"), people=people)
    equal(pages(rehearse(low, [DOWN]), "channel"), "ops@0", "always low")
    hours = {"inside": "high", "outside": "low", "time_zone": "UTC",
             "hours": [{"days": ["mon-sun"], "start": "09:00", "end": "17:00"}]}
    entries = rehearse(base(steps(*LADDER, urgency=hours), people=people), [DOWN], end="+10h")
    equal(pages(entries, "channel"), "ops@0 ana@420 bo@425 cy@435", "high from nine on")
    equal([minutes(e) for e in of(entries, "urgent")], ["420"], "urgent")


def test_maintenance__of_the_file_holds_back_until_it_ends():
    """E9, by a window of the file and by a silence."""
    window = {"days": ["sun"], "start": "01:30", "end": "02:08", "time_zone": "UTC"}
    config = base(steps(*LADDER))
    config["monitors"][0]["maintenance"] = [window]
    entries = rehearse(config, [DOWN])
    equal(pages(entries), "ana@8 bo@13 cy@23", "pages")
    equal([minutes(e) for e in of(entries, "suppressed")], ["0"], "suppressed")
    equal([minutes(e) for e in of(entries, "released")], ["8"], "released")
    silence = {"at": "+0s", "silence": "monitor=api", "for": "8m", "by": "ana"}
    equal(pages(rehearse(base(steps(*LADDER)), [silence, DOWN])), "ana@8 bo@13 cy@23", "after a silence")


def test_personal_rules__until_acknowledged():
    """E11."""
    people = {"ana": {"notify": [{"via": "push"}, {"via": "sms", "after": "2m"}, {"via": "call", "after": "5m"}]}}
    config = base({"steps": [{"notify": ["person:ana"]}]}, people=people)
    del config["schedules"]
    equal(pages(rehearse(config, [DOWN]), "channel"), "push@0 sms@2 call@5", "all of them")
    equal(pages(rehearse(config, [DOWN, {"at": "+3m", "ack": "ana"}]), "channel"), "push@0 sms@2", "until 3")


def test_flapping__the_same_incident_and_one_page_then_quiet():
    """E12."""
    policy = steps(*LADDER, reopen_window="10m", flap={"changes": 4, "within": "30m", "stable": "10m"})
    again = [DOWN | {"at": f"+{m}m", "for": "1m"} for m in (0, 2, 4, 6, 8)]
    entries = rehearse(base(policy), again)
    equal(len({e["incident"] for e in entries if e["incident"]}), 1, "incidents")
    equal([minutes(e) for e in of(entries, "reopened")], ["2", "4"], "reopened")
    equal([minutes(e) for e in of(entries, "flapping")], ["4"], "flapping")
    equal(pages(entries), "ana@0 ana@2 ana@4", "pages")
    equal([minutes(e) for e in of(entries, "resolved")], ["1", "3", "19"], "resolved")


# --- the world of a rehearsal -----------------------------------------------------------------

def test_confirmation__takes_the_retries_of_the_daemon():
    config = base(steps(*LADDER))
    config["defaults"] |= {"fail_after": 3, "recover_after": 2, "retry_interval": "2s"}
    entries = rehearse(config, [DOWN | {"for": "1m"}])
    equal([e["offset_s"] for e in of(entries, "triggered")], [4], "triggered")
    equal([e["offset_s"] for e in of(entries, "resolved")], [70], "resolved")


def test_crash__loses_no_page_and_repeats_none():
    calm = rehearse(base(steps(*LADDER, ack_timeout="30m")), [DOWN, {"at": "+17m", "ack": "ana"}])
    for minute in (0, 1, 5, 16, 20, 47, 50):
        entries = rehearse(base(steps(*LADDER, ack_timeout="30m")), [
            DOWN, {"at": "+17m", "ack": "ana"}, {"at": f"+{minute}m", "crash": "midwatch"}])
        equal(pages(entries), pages(calm), f"pages with a crash at {minute}")
        equal(len(of(entries, "started")), 1, "starts")


def test_store_away__decisions_go_on_and_it_is_an_incident_after_10_seconds():
    entries = rehearse(base(steps(*LADDER)), [DOWN, {"at": "+1m", "store": "away", "for": "10m"},
                                              {"at": "+7m", "crash": "midwatch", "for": "1s"}])
    api = [e for e in entries if e["monitor"] == "api"]
    equal(pages(api), "ana@0 bo@5 cy@15", "pages for api")
    own = [e for e in entries if e["event"] == "triggered" and e["monitor"] is None]
    equal([e["offset_s"] for e in own], [70], "our own trouble")
    short = rehearse(base(steps(*LADDER)), [{"at": "+1m", "store": "away", "for": "9s"}])
    equal([e["event"] for e in short], ["store_away", "store_back"], "nine seconds wake nobody")


def test_dependency__the_child_is_held_back():
    config = base(steps(*LADDER))
    config["monitors"] = [{"name": "api", "http": "http://127.0.0.1:1/", "depends_on": ["db"]},
                          {"name": "db", "http": "http://127.0.0.1:1/"}]
    entries = rehearse(config, [{"at": "+0s", "down": ["api", "db"], "for": "9m"}])
    equal({e["monitor"] for e in of(entries, "page")}, {"db"}, "paged for")
    equal([(e["monitor"], e["offset_s"]) for e in of(entries, "suppressed")], [("api", 0)], "held back")
    alone = rehearse(config, [DOWN | {"for": "9m"}])
    equal(pages(alone), "ana@0 bo@5", "a child that fails alone")
    equal(of(alone, "suppressed"), [], "nothing holds it")
    acked = rehearse(config, [{"at": "+0s", "down": ["db", "api"]}, {"at": "+1m", "ack": "ana"}])
    equal([e["monitor"] for e in of(acked, "acknowledged")], ["db"], "what ana was paged for")


def test_channel__deaf_or_refusing__the_next_is_told():
    entries = rehearse(base(steps(*LADDER)), [{"at": "+0s", "refuse": ["ana"]}, DOWN])
    equal(pages([e for e in entries if e["monitor"]]), "bo@0 cy@10", "refused")
    equal({e["person"] for e in of(entries, "undelivered")}, {"ana"}, "not delivered")
    deaf = rehearse(base(steps(*LADDER)), [{"at": "+0s", "deaf": ["ana"], "for": "1h"}, DOWN], end="+30m")
    equal(pages([e for e in deaf if e["monitor"]]), "bo@1 cy@11", "deaf")


def test_unheard__nobody_paged_and_nothing_holds_it__exit_1():
    nobody = base({"steps": [{"notify": ["schedule:office"]}]})
    entries = rehearse(nobody, [DOWN], status=1)
    equal(pages(entries), "", "pages")
    equal(len(of(entries, "nobody")), 1, "said")
    early = base({"steps": [{"notify": ["person:ana"], "after": "10m"}]})
    rehearse(early, [DOWN | {"for": "5m"}], status=0)


def test_month__of_five_hundred_monitors__passes_in_a_moment():
    config = base(steps(*LADDER, reopen_window="10m"))
    config["monitors"] = [{"name": f"m{i}", "http": "http://127.0.0.1:1/"} for i in range(500)]
    config["storm"] = {"incidents": 0, "share": 0}
    events = [{"at": f"+{i * 2}h", "down": [f"m{i}"], "for": "30m"} for i in range(350)]
    entries = rehearse(config, events, end="+30d")
    equal(len(of(entries, "triggered")), 350, "incidents")
    equal(len(of(entries, "page")), 1050, "pages")


# --- what was recorded ----------------------------------------------------------------------------

def test_history__through_another_file__counts_both():
    with World() as w:
        hook, target = w.receiver(), w.target()
        config = w.config(target, hook)
        w.run(config)
        until(lambda: w.monitor().get("state") == "up", "api to be up")
        target.set("500")
        until(lambda: hook.seen(person="ana"), "ana to be paged")
        target.set("ok")
        until(lambda: w.monitor().get("state") == "up", "api to be up again")

        def kept():
            return [r for r in w.api("/monitors/api/results") or [] if r[1] == "down"]
        until(lambda: len(kept()) >= 2, "the results to be kept")
        config["policies"]["default"]["steps"][0]["notify"].append("person:bo")
        config["monitors"].append(config["monitors"][0] | {"name": "fresh"})
        path = w.write(config, "new.yaml")
        done = json.loads(w.cli("rehearse", "-c", path, "--history", "10m..now", "--json").stdout)
        equal(done["pages_recorded"], 1, "pages recorded")
        equal(done["pages_replayed"], 2, "pages replayed")
        equal([(r["person"], r["recorded"], r["replayed"]) for r in done["by_recipient"]],
              [("ana", 1, 1), ("bo", 0, 1)], "by person")
        equal(done["not_recorded"], ["fresh"], "monitors nobody knows")
        words = w.cli("rehearse", "-c", path, "--history", "10m..now").stdout
        check("there would have been 2 pages instead of 1" in words, "says so", words)
        check("nobody acknowledges in a replay" in words, "says what it cannot know", words)
    nobody = base(steps(*LADDER)) | {"web": {"listen": f"127.0.0.1:{harness.free_port()}"}}
    cli("--history", "10m..now", status=3, config=nobody)


# --- the command line ---------------------------------------------------------------------------

def cli(*args, status=0, config=None):
    with World() as w:
        w.write(config or base(steps(*LADDER)))
        return w.cli("rehearse", "-c", w.config_path, *args, status=status)


def test_options__say_what_a_file_says():
    done = cli("--down", "api", "--at", START, "--for", "40m", "--ack", "ana@+7m", "--until", "+2h", "--json")
    equal(pages(json.loads(done.stdout)), "ana@0 bo@5", "pages")
    done = cli("--down", "api", "--at", "2026-11-22T02:00", "--snooze", "1h@+2m", "--json", "--crash", "+3m",
               "--store-away", "5s@+4m", "--until", "2026-11-22T05:00Z")
    equal(pages(json.loads(done.stdout)), "ana@0 ana@62 bo@67 cy@77", "pages")


def test_words__for_people_and_nothing_but_them():
    done = cli("--down", "api", "--at", START, "--for", "40m", "--ack", "ana@+7m")
    for words in ("api is down", "ana is paged by ana", "In short", "up to 10s later", "1 page"):
        check(words in done.stdout, f"says {words!r}", done.stdout)
    check("\033" not in done.stdout, "no colours in a pipe")
    equal(done.stderr, "", "stderr")


def test_unknown__one_clear_line_and_nothing_on_stdout():
    for args, words in ((("--down", "apj"), "there is no monitor `apj`; did you mean `api`?"),
                        (("--down", "api", "--ack", "anna@+1m"), "there is no person `anna`; did you mean `ana`?")):
        done = cli(*args, status=1)
        equal(done.stdout, "", "stdout")
        equal(done.stderr.count("\n"), 1, "lines")
        check(words in done.stderr, "says which", done.stderr)


def test_usage__wrong__exit_2():
    for args in ((), ("--down", "api", "--ack", "ana"), ("--down", "api", "--for", "long"), ("a", "b"),
                 ("--down", "api", "--at", "soon"), ("--down", "api", "--ack", "ana@soon"),
                 ("--down", "api", "--snooze", "x@+1m"), ("story.yaml", "--ack", "ana@+1m"),
                 ("--history", "x", "--down", "api"), ("--history", "x")):
        equal(cli(*args, status=2).stdout, "", f"stdout of {args}")


def test_file__with_faults__all_of_them_with_place():
    with World() as w:
        w.write(base(steps(*LADDER)))
        w.write("start: 2026-11-22T02:00\nevents:\n  - { at: +0s, down: [apj] }\n  - { at: soon, akc: ana }\n",
                "story.yaml")
        done = w.cli("rehearse", "-c", w.config_path, "story.yaml", status=1)
        equal(done.stdout, "", "stdout")
        equal(done.stderr.splitlines()[:3], [
            "story.yaml:3:23: error: there is no monitor `apj`; did you mean `api`?",
            "story.yaml:4:5: error: the event does not say what happens (down, up, ack, …)",
            "story.yaml:4:11: error: must be a time such as +7m or 2026-11-22T03:00, not `soon`"], "the faults")


def test_secrets__are_not_needed():
    config = base(steps(*LADDER))
    config["channels"]["ana"]["url"] = "${env:NOT_SET_ANYWHERE}"
    done = cli("--down", "api", "--at", START, "--json", config=config)
    check(pages(json.loads(done.stdout)).startswith("ana@0"), "pages", done.stdout)



harness.main(__name__)
