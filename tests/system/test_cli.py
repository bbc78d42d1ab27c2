#!/usr/bin/env python3
"""Commands: help, exit statuses, --json, words on stderr and data on stdout."""
import json
import re

import harness
from harness import World, check, equal, until


def commands(w):
    """Names listed by `midwatch --help`."""
    text = w.cli("--help").stdout
    return re.findall(r"^  ([a-z][a-z-]+)\b", text, re.M)


def test_help__lists_commands__each_with_a_help_of_its_own():
    with World() as w:
        names = commands(w)
        for wanted in ("run", "check", "probe", "status", "incidents", "ack", "unack", "resolve", "oncall",
                       "deliveries", "test-page", "version"):
            check(wanted in names, "not in --help:", wanted)
        for name in names:
            done = w.cli(name, "--help")
            check(name in done.stdout and len(done.stdout) > 40, "no help:", name)


def test_wrong_usage__status_2__one_line_on_stderr():
    with World() as w:
        w.write(w.config(w.target(), w.receiver()))
        for args in (["nonsense"], ["check", "--nonsense"], ["ack"], ["probe"], ["oncall", "--at", "never"],
                     ["check", "-c"]):
            done = w.cli(*args, status=2)
            check(done.stderr and not done.stdout, f"words of {args} belong on stderr", done.stdout)


def test_misspelt_command__names_the_nearest():
    with World() as w:
        check("status" in w.cli("statsu", status=2).stderr, "the nearest command")


def test_version__text_and_json():
    with World() as w:
        check(re.search(r"\d+\.\d+\.\d+", w.cli("version").stdout), "a version")
        said = json.loads(w.cli("version", "--json").stdout)
        check("version" in said, "the version", said)


def test_daemon_not_there__status_3():
    with World() as w:
        w.write(w.config(w.target(), w.receiver()))
        for args in (["status"], ["incidents"], ["ack", "1"], ["deliveries"], ["resolve", "1"], ["unack", "1"]):
            done = w.cli(*args, "-c", w.config_path, status=3)
            check(done.stderr and not done.stdout, f"words of {args} belong on stderr", done.stdout)


def test_daemon_there__status_and_lists__text_and_json():
    with World() as w:
        target, hook = w.target(), w.receiver()
        w.run(w.config(target, hook))
        until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
        check("api" in w.cli("status", "-c", w.config_path).stdout, "the monitor in `status`")
        for command in ("status", "incidents", "deliveries"):
            json.loads(w.cli(command, "--json", "-c", w.config_path).stdout)
        target.set("500")
        page = until(lambda: hook.seen(type="incident.triggered"), "the page")[0]
        check("api" in w.cli("status", "-c", w.config_path, status=1).stdout, "status 1 while it is down")
        check(page["incident"] in w.cli("incidents", "-c", w.config_path, status=None).stdout, "its id")
        until(lambda: page["incident"] in w.cli("deliveries", "-c", w.config_path).stdout, "the delivery")
        ids = [d["id"] for d in json.loads(w.cli("deliveries", "--json", "-c", w.config_path).stdout)]
        equal(ids, [page["id"]], "deliveries by --json")
        w.cli("ack", page["incident"], "-c", w.config_path)
        w.cli("unack", "api", "-c", w.config_path)
        w.cli("resolve", page["incident"], "-c", w.config_path)
        until(lambda: hook.seen(type="incident.resolved"), "the resolve, by hand")
        w.cli("ack", "nosuchincident", "-c", w.config_path, status=1)


def test_probe__up_and_down__status_and_json():
    with World() as w:
        target = w.target()
        config = w.config(target, w.receiver())
        config["monitors"][0]["expect"] = ["latency < 5s", 'json $.status == "ok"']
        w.write(config)
        said = json.loads(w.cli("probe", "api", "--json", "-c", w.config_path).stdout)
        equal((said["name"], said["kind"], said["verdict"], said["reason"]), ("api", "http", "up", "ok"), "probe")
        for phase in ("resolve", "connect", "tls", "wait", "transfer", "total"):
            check(phase in said["phases_ms"], "no phase", phase)
        equal(said["facts"]["status"], 200, "the status")
        check(all(e["held"] for e in said["expect"]), "an expectation", said["expect"])
        equal(json.loads(w.cli("probe", target.url, "--json").stdout)["verdict"], "up", "by address")
        target.set("503")
        said = json.loads(w.cli("probe", "api", "--json", "-c", w.config_path, status=1).stdout)
        equal((said["verdict"], said["reason"]), ("down", "status"), "probe")
        target.set("refuse")
        said = json.loads(w.cli("probe", "api", "--json", "-c", w.config_path, status=1).stdout)
        equal((said["verdict"], said["reason"]), ("down", "connect"), "probe")
        w.cli("probe", "nosuch", "-c", w.config_path, status=None)


def test_oncall__at_an_instant_and_over_a_time():
    with World() as w:
        config = w.config(w.target(), w.receiver())
        config["schedules"]["primary"]["layers"][0] |= {"members": ["ana", "bo"]}
        w.write(config)

        def oncall(*args):
            return json.loads(w.cli("oncall", "--schedule", "primary", "--json", *args,
                                    "-c", w.config_path).stdout)
        equal(oncall("--at", "2026-01-05T09:00:00Z")[0]["people"], ["ana"], "at the first handoff")
        equal(oncall("--at", "2026-01-12T08:59:59Z")[0]["people"], ["ana"], "one second before the second")
        equal(oncall("--at", "2026-01-12T09:00:00Z")[0]["people"], ["bo"], "at the second handoff")
        spans = oncall("--at", "2026-01-05T09:00:00Z", "--until", "2026-01-26T09:00:00Z")
        equal([s["people"] for s in spans], [["ana"], ["bo"], ["ana"]], "three weeks")
        equal(spans[0]["to"], spans[1]["from"], "no gap between two spans")


def test_test_page__reports_what_came_of_it():
    with World() as w:
        hook = w.receiver()
        hook.script("/bo", "404")
        w.run(w.config(w.target(), hook))
        w.cli("test-page", "ana", "-c", w.config_path)
        until(lambda: hook.seen(type="test", path="/ana"), "the test page")
        done = w.cli("test-page", "bo", "-c", w.config_path, status=1)
        check("404" in done.stdout + done.stderr, "the answer of the receiver", done.stdout)
        w.cli("test-page", "nobody", "-c", w.config_path, status=1)


def test_output__never_coloured_when_not_on_a_terminal():
    with World() as w:
        w.run(w.config(w.target(), w.receiver()))
        for args in (["status"], ["incidents"], ["check"], ["deliveries"]):
            done = w.cli(*args, "-c", w.config_path, status=None, env={"NO_COLOR": ""})
            check("\033" not in done.stdout + done.stderr, "escape codes in", args)


harness.main(__name__)
