#!/usr/bin/env python3
"""What people do at run time: snooze, reassign, note, silence, maintenance, overrides, why, replay -
and what they mistype: one clear line, exit status 1, nothing changed."""
import contextlib
import json
import os
import pty

import harness
from harness import World, check, equal, steady, until


class Team(World):
    """One monitor that is down on demand; ana is on call, bo after her."""

    def start(self, **changes):
        self.target_, self.hook = self.target(), self.receiver()
        self.run(self.config(self.target_, self.hook, **changes))
        until(lambda: self.monitor().get("state") == "up", "the monitor to be up")
        return self

    def midwatch(self, *args, status=0, env=None):
        return self.cli(*args, "-c", self.config_path, status=status, env=env)

    def json(self, *args):
        return json.loads(self.midwatch(*args, "--json").stdout)

    def outage(self):
        """The id of the incident that ana was paged for."""
        self.target_.set("500")
        page = until(lambda: self.hook.seen(type="incident.triggered", path="/ana"), "ana to be paged")[0]
        return page["incident"]

    def incident(self, which):
        return self.api(f"/incidents/{which}") or {}

    def refused(self, *args, words, status=1):
        """One line on stderr, and nothing on stdout."""
        done = self.midwatch(*args, status=status)
        lines = done.stderr.strip().splitlines()
        check(words in done.stderr and not done.stdout, f"{args} should say {words!r}; said", done.stderr)
        if status == 1:
            equal(len(lines), 1, f"lines that {args} said")


def test_snooze__wakes_nobody__until_it_is_over():
    with Team() as w:
        w.start()
        incident = w.outage()
        said = w.midwatch("snooze", "api", "2h", "--comment", "waiting for the provider").stdout
        check("snoozed until" in said and "2h" in said, "until when", said)
        equal(w.incident(incident)["state"], "snoozed", "its state")
        check("snoozed" in w.midwatch("incidents").stdout, "`incidents` says so")
        w.midwatch("snooze", incident, "--until", "18:00", env={"TZ": "UTC"})
        equal(w.incident(incident)["snoozed_until"][11:19], "18:00:00", "on the wall clock")
        w.midwatch("snooze", incident, "1s")
        until(lambda: [p for p in w.hook.seen(path="/ana") if p["type"] == "incident.unacknowledged"],
              "ana to be woken again")
        w.refused("snooze", incident, "31d", words="a snooze lasts at most 30 days")


def test_reassign_escalate_note__reach_whom_they_mean():
    with Team() as w:
        w.start()
        incident = w.outage()
        check("bo" in w.midwatch("reassign", incident[-5:], "bo").stdout, "to whom")
        until(lambda: w.hook.seen(path="/bo"), "bo to be paged")
        equal(w.incident(incident)["assigned"], "bo", "assigned")
        w.midwatch("note", incident, "looks", "like", "the", "pool")
        equal(w.incident(incident)["note"], "looks like the pool", "the note")
        moves = until(lambda: [m for m in w.api(f"/incidents/{incident}/timeline")
                               if "the pool" in (m["text"] or "")], "the note in the timeline")
        equal(moves[0]["by"], "ana", "who wrote it")


def test_escalate__tells_the_next_step_now():
    with Team() as w:
        w.start()
        incident = w.outage()
        check(not w.hook.seen(path="/bo"), "bo is not told yet")
        w.midwatch("escalate", incident)
        until(lambda: w.hook.seen(path="/bo"), "bo, of the second step")


def test_misspelt__a_matcher_is_taken_with_a_warning__a_person_is_not():
    with Team() as w:
        w.start()
        typo = w.midwatch("silence", "add", "team=paymnets", "--for", "2h", "--comment", "moving")
        check("fits no monitor" in typo.stderr and "are held back" in typo.stdout, "one that fits none",
              typo.stdout + typo.stderr)
        equal(len(w.api("/silences")), 1, "silences")
        w.refused("silence", "end", w.api("/silences")[0]["id"], "--by", "anna",
                  words="there is no person `anna`; did you mean `ana`?")


def test_silence__from_asked_for_to_ended():
    with Team() as w:
        w.start()
        silence = w.json("silence", "add", "team=payments", "--for", "2h", "--comment", "moving", "--all")
        equal((silence["state"], silence["author"]), ("active", "ana"), "the silence")
        equal(silence["fits"], 1, "monitors that it fits")
        w.target_.set("500")
        held = until(lambda: [i for i in w.incidents() if i["hold"]], "the incident to be held")[0]
        equal((held["hold"]["kind"], held["hold"]["ref"]), ("silence", silence["id"]), "by what")
        until(lambda: w.api(f"/silences/{silence['id']}")["holding"] == 1, "the silence to say that it holds one")
        page = w.http("GET", "/", token=None)[1]
        check("nobody is woken: silence" in until(
            lambda: "nobody is woken" in (p := w.http("GET", "/", token=None)[1]) and p, "the page to say so"),
            "the page", page)
        check('midwatch_incidents_held{by="silence"} 1' in w.http("GET", "/metrics")[1], "the metric")
        listed = w.midwatch("silence", "list").stdout
        check(silence["id"] in listed and "team=payments" in listed, "the list", listed)
        steady(lambda: not w.hook.seen(type="incident.triggered"), "nobody is paged", 1)
        check("is over" in w.midwatch("silence", "end", silence["id"][:5]).stdout, "it is over")
        until(lambda: w.hook.seen(type="incident.triggered", path="/ana"), "ana to be paged after all")
        equal(w.midwatch("silence", "list").stdout, "none\n", "the list")
        check(silence["id"] in w.midwatch("silence", "list", "--all").stdout, "the list of all")
        w.refused("silence", "end", silence["id"], words="over already")


def test_silence__survives_a_restart():
    with Team() as w:
        w.start()
        first = w.json("maintenance", "add", "monitor=api", "--for", "1d", "--all", "--comment", "move")
        equal(first["kind"], "maintenance", "its kind")
        override = w.json("override", "add", "primary", "--set", "bo", "--end", "2099-01-01T00:00",
                          "--start", "2098-12-31T00:00")
        until(lambda: w.api("/status")["store"]["state"] == "up", "the store")
        w.daemon.kill()
        w.run()
        equal([q["id"] for q in w.json("maintenance", "list")], [first["id"]], "the maintenance")
        equal([o["id"] for o in w.json("override", "list")], [override["id"]], "the override")


def test_override__who_is_on_call_follows():
    with Team() as w:
        schedules = {"primary": {"time_zone": "Europe/Madrid", "layers": [
            {"name": "weekly", "anchor": "2026-01-05T09:00", "every": "1 week", "members": ["ana", "bo"]}]}}
        w.start(schedules=schedules)

        def on_call(at):
            return w.api(f"/oncall?schedule=primary&at={at}")[0]["people"]
        # ana has the week from 2099-01-05 on or bo has: ask
        first, second = on_call("2099-01-06T12:00:00Z")[0], on_call("2099-01-13T12:00:00Z")[0]
        added = w.json("override", "add", "primary", "--replace", first, "--with", second, "--start",
                       "2099-01-06T18:00", "--end", "2099-01-07T08:00", "--comment", "concert")
        equal((added["start"], added["end"]), ("2099-01-06T17:00:00.000Z", "2099-01-07T07:00:00.000Z"),
              "times on the wall clock of the schedule")
        equal(on_call("2099-01-06T20:00:00Z"), [second], "during the override")
        equal(on_call("2099-01-07T12:00:00Z"), [first], "after it")
        listed = w.midwatch("override", "list").stdout
        check(f"{second} for {first}" in listed and "concert" in listed, "the list", listed)
        exported = w.midwatch("override", "export").stdout
        check("overrides:" in exported and "2099-01-06T18:00" in exported, "as YAML", exported)
        with open(w.config_path, encoding="utf-8") as f:
            config = json.load(f)
        text = exported.split("overrides:\n")[1]
        w.write(json.dumps({k: v for k, v in config.items() if k != "schedules"})[:-1] + ", schedules: " +
                json.dumps(schedules)[:-2] + ", overrides: [" +
                ", ".join(line.split("- ")[1].split(" # ")[0] for line in text.splitlines()) + "]}}}\n",
                name="pasted.yaml")
        w.cli("check", "-c", w.folder + "/pasted.yaml")
        said = json.loads(w.cli("oncall", "--at", "2099-01-06T20:00:00Z", "--json", "-c",
                                w.folder + "/pasted.yaml").stdout)
        equal(said[0]["people"], [second], "from the file with what was exported")
        check("is over" in w.midwatch("override", "remove", added["id"]).stdout, "taken back")
        equal(on_call("2099-01-06T20:00:00Z"), [first], "after it was taken back")
        two = w.json("override", "swap", "primary", f"{first}@2099-01-06T12:00", f"{second}@2099-01-13T12:00")
        equal(len(two), 2, "a swap is two")
        equal([on_call("2099-01-06T20:00:00Z"), on_call("2099-01-13T20:00:00Z")], [[second], [first]], "swapped")


def test_why__a_monitor_an_incident_a_delivery():
    with Team() as w:
        w.start()
        check("api" in w.midwatch("why", "api").stdout, "of a monitor that is well")
        incident = w.outage()
        page = until(lambda: [d for d in w.deliveries() if d["state"] == "delivered"], "the delivery")[0]
        for which, kind in (("api", "monitor"), (incident, "incident"), (page["id"], "delivery")):
            why = w.json("why", which)
            equal(why["kind"], kind, "what it is about")
            check(why["answer"] and len(why["sentences"]) > 1, "the sentences", why)
        said = w.midwatch("why", incident, env={"TZ": "Europe/Madrid"}).stdout
        check("Europe/Madrid" in said and "primary" in said and "ana" in said, "who, by which schedule", said)
        check(" Z" not in said, "no time in UTC", said)
        w.refused("why", "nosuchthing", words="there is no monitor, incident or delivery nosuchthing")


def test_deliveries__filtered_shown_replayed():
    with Team() as w:
        w.start()
        w.outage()
        page = until(lambda: [d for d in w.deliveries() if d["state"] == "delivered"], "the delivery")[0]
        check(page["id"] in w.midwatch("deliveries", "--person", "ana").stdout, "by person")
        check(page["id"] not in w.midwatch("deliveries", "--dead").stdout, "none is dead")
        check(page["id"] not in w.midwatch("deliveries", "--person", "bo").stdout, "by another person")
        shown = until(lambda: (d := w.json("deliveries", "show", page["id"]))["tries"] and d, "its attempt")
        equal((shown["tries"][0]["status"], shown["tries"][0]["outcome"]), (200, "accepted"), "the attempt")
        check(len(shown["tries"][0]["digest"]) == 64, "the digest", shown)
        check("accepted" in w.midwatch("deliveries", "show", page["id"]).stdout, "for people")
        before = len(w.hook.seen(path="/ana"))
        check(page["id"] in w.midwatch("deliveries", "replay", page["id"]).stdout, "which one")
        seen = until(lambda: w.hook.seen(path="/ana")[before:], "the page again")
        equal(seen[-1]["id"], page["id"], "under its id")
        w.refused("deliveries", "replay", "nosuch", words="there is no delivery nosuch")
        w.refused("deliveries", "show", "nosuch", words="there is no delivery nosuch")
        w.refused("deliveries", "--state", "ded", words="state:")


def test_bad_input__one_clear_line__nothing_changed():
    with Team() as w:
        w.start()
        incident = w.outage()
        w.midwatch("resolve", incident)
        until(lambda: w.hook.seen(type="incident.resolved"), "the resolve")
        w.target_.set("ok")
        for verb in (["ack"], ["unack"], ["resolve"], ["escalate"]):
            w.refused(verb[0], incident, words=f"incident {incident} is already resolved")
            w.refused(verb[0], "nosuchone", words="there is no open incident nosuchone")
        w.refused("snooze", incident, "1h", words="already resolved")
        w.refused("note", "nosuchone", "hello", words="there is no open incident")
        status, text = w.http("POST", "/api/v1/incidents/nosuchone/ack", {})
        equal((status, json.loads(text)["status"]), (404, 404), "a problem")
        status, text = w.http("POST", f"/api/v1/incidents/{incident}/ack", {})
        equal((status, json.loads(text)["status"]), (409, 409), "a problem")

        silence = ["silence", "add", "--for", "2h", "--comment", "x"]
        w.refused(*silence, "monitor=~.*", words="this fits all 1 monitors; if that is meant, add --all")
        w.refused(*silence, "monitor=~(", words="matchers:")
        w.refused("silence", "add", "team=x", "--until", "2020-01-01T00:00", "--comment", "x", words="ends")
        w.refused("silence", "end", "nosuch", words="there is no silence nosuch")
        status, text = w.http("POST", "/api/v1/silences", {"matchers": [], "for": "2h", "comment": "x"})
        equal(status, 409, "a silence of everything")
        check('"everything": true' in json.loads(text)["detail"], "how it could be meant", text)
        equal(w.json("silence", "list", "--all"), [], "silences")

        override = ["override", "add", "primary", "--start", "2099-01-01T00:00", "--end", "2099-01-02T00:00"]
        w.refused(*override, "--set", "stranger", words="there is no person `stranger`")
        w.refused("override", "add", "nosuch", "--set", "bo", "--end", "2099-01-02T00:00",
                  words="there is no schedule")
        w.refused("override", "add", "primary", "--set", "bo", "--start", "2020-01-01T00:00", "--end",
                  "2020-01-02T00:00", words="past")
        w.refused("override", "swap", "primary", "bo@2099-01-01T00:00", "ana@2099-01-01T00:00",
                  words="not on call")
        w.refused("override", "remove", "nosuch", words="there is no override nosuch")
        equal(w.json("override", "list", "--all"), [], "overrides")


def on_terminal(w, answer, *args):
    """(status, all that the terminal showed)"""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(w.env)
        os.execv(harness.BINARY, [harness.BINARY, *args, "-c", w.config_path])
    text = b""
    with contextlib.suppress(OSError):      # EIO: the other end has gone
        while chunk := os.read(terminal, 4096):
            text += chunk
            if text.endswith(b"[y/N] "):
                os.write(terminal, answer)
                answer = b""
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text.decode()


def test_silence_of_everything__on_a_terminal__asked_back():
    with Team() as w:
        w.start()
        silence = ["silence", "add", "monitor=api", "--for", "2h", "--comment", "x"]
        for answer in (b"\n", b"n\n"):
            status, text = on_terminal(w, answer, *silence)
            check("Silence all 1 monitors? [y/N] " in text and status == 1, "asked, and refused", status, text)
        equal(w.json("silence", "list", "--all"), [], "silences")
        status, text = on_terminal(w, b"y\n", *silence)
        equal(status, 0, "the status of " + text)
        equal(len(w.json("silence", "list")), 1, "silences")


def test_wrong_usage__status_2():
    with Team() as w:
        w.write(w.config(w.target(), w.receiver()))
        for args in (["snooze", "x"], ["snooze", "x", "soon"], ["snooze", "x", "1h", "--until", "18:00"],
                     ["reassign", "x"], ["note", "x"], ["silence"], ["silence", "ad"],
                     ["silence", "add", "a=b", "--for", "1h"], ["silence", "add", "a=b", "--comment", "x"],
                     ["silence", "add", "--for", "1h", "--comment", "x"], ["silence", "end"],
                     ["silence", "add", "a=b", "--until", "never", "--comment", "x"],
                     ["override", "add", "s", "--end", "2099-01-01"], ["override", "swap", "s", "ana", "bo"],
                     ["override", "add", "s", "--set", "a", "--add", "b", "--end", "2099-01-01"],
                     ["override", "add", "s", "--replace", "a", "--end", "2099-01-01"], ["why"],
                     ["deliveries", "shw", "x"], ["deliveries", "show"], ["why", "a/b"]):
            w.refused(*args, words="try: midwatch", status=2)


def test_unreachable__status_3():
    with Team() as w:
        w.write(w.config(w.target(), w.receiver()))
        for args in (["snooze", "x", "1h"], ["silence", "list"], ["override", "export"], ["why", "api"],
                     ["silence", "add", "a=b", "--for", "1h", "--comment", "x"], ["deliveries", "show", "x"]):
            done = w.midwatch(*args, status=3)
            check(done.stderr and not done.stdout, f"words of {args} belong on stderr", done.stdout)


harness.main(__name__)
