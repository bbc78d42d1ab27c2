#!/usr/bin/env python3
"""SIGHUP: a good file takes over without losing a streak or an incident, a bad one changes nothing."""
import signal

import harness
from harness import World, check, equal, steady, until


def outage(w, hook, target, config):
    w.run(config)
    until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
    target.set("500")
    page = until(lambda: hook.seen(type="incident.triggered"), "the page")[0]
    until(lambda: not w.outbox(), "the page to be delivered")
    return page


def test_bad_file__running_configuration_stays__and_the_place_is_logged():
    with World() as w:
        hook, target = w.receiver(), w.target()
        config = w.config(target, hook)
        outage(w, hook, target, config)
        w.write("monitors:\n  - name: api\n    htpp: http://127.0.0.1:1/\n")
        w.daemon.send(signal.SIGHUP)
        until(lambda: "midwatch.yaml:3:5" in w.daemon.log, "the place of the error in the log")
        until(lambda: "http" in w.daemon.log.split("midwatch.yaml:3:5")[1], "the nearest key in the log")
        check(w.daemon.alive(), "the daemon ended")
        target.set("ok")
        until(lambda: hook.seen(type="incident.resolved"), "the resolve, by the old configuration")


def test_good_file__incident_and_people_told_stay__new_monitor_is_watched():
    with World() as w:
        hook, target, other = w.receiver(), w.target(), w.target("500")
        config = w.config(target, hook)
        page = outage(w, hook, target, config)
        config["monitors"].append({"name": "shop", "http": other.url, "interval": "1s", "fail_after": 1})
        config["monitors"][0]["recover_after"] = 3
        w.write(config)
        w.daemon.send(signal.SIGHUP)
        until(lambda: hook.seen(monitor="shop", type="incident.triggered"), "the new monitor's page")
        equal(len({r["id"] for r in hook.seen(monitor="api")}), 1, "pages of the old incident")
        equal([i["id"] for i in w.incidents() if i["monitor"] == "api"], [page["incident"]], "its incident")
        target.set("ok")
        until(lambda: hook.seen(type="incident.resolved", monitor="api", incident=page["incident"]),
              "the old incident's resolve")


def test_rename_with_was__incident_goes_on_under_the_new_name():
    with World() as w:
        hook, target = w.receiver(), w.target()
        config = w.config(target, hook)
        page = outage(w, hook, target, config)
        config["monitors"][0] |= {"name": "backend", "was": "api"}
        w.write(config)
        w.daemon.send(signal.SIGHUP)
        until(lambda: w.monitor("backend").get("state") == "down", "the new name to be down as the old one was")
        steady(lambda: len(hook.seen(type="incident.triggered")) == 1, "no second page", 2)
        target.set("ok")
        end = until(lambda: hook.seen(type="incident.resolved"), "the resolve")[0]
        equal(end["incident"], page["incident"], "the incident that ended")


def results(w, name):
    answer = w.api(f"/monitors/{name}/results")
    rows = answer.get("results", []) if isinstance(answer, dict) else answer or []
    return [row[0] for row in rows]


def test_rename_with_was__its_results_go_on__no_slot_is_lost():
    with World() as w:
        hook, target = w.receiver(), w.target()
        config = w.config(target, hook)
        config["monitors"][0] |= {"interval": "2s", "retry_interval": "2s"}
        w.run(config)
        until(lambda: len(results(w, "api")) >= 2, "two results under the old name")
        config["monitors"][0] |= {"name": "backend", "was": "api"}
        for seen in (3, 4, 5):                      # the first of these renames, the others change nothing
            w.write(config)
            w.daemon.send(signal.SIGHUP)
            until(lambda: len(results(w, "backend")) >= seen, f"{seen} results under the new name")
        until(lambda: len(results(w, "backend")) >= 7, "more of them")
        slots = results(w, "backend")
        equal([b - a for a, b in zip(slots, slots[1:])], [2000] * (len(slots) - 1), "from slot to slot")
        equal(w.daemon.stop(), 0, "exit status")
        w.run()
        check(set(slots) <= set(results(w, "backend")), "results are gone after a restart")


def test_monitor_removed__its_incident_is_resolved():
    with World() as w:
        hook, target, other = w.receiver(), w.target(), w.target()
        config = w.config(target, hook)
        page = outage(w, hook, target, config)
        config["monitors"] = [{"name": "shop", "http": other.url, "interval": "1s"}]
        w.write(config)
        w.daemon.send(signal.SIGHUP)
        end = until(lambda: hook.seen(type="incident.resolved"), "the resolve")[0]
        equal(end["incident"], page["incident"], "the incident that ended")


def test_streak__survives_a_reload_between_two_bad_results():
    with World() as w:
        hook, target = w.receiver(), w.target()
        config = w.config(target, hook)
        config["monitors"][0] |= {"fail_after": 6, "retry_interval": "500ms"}
        w.run(config)
        until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
        before = target.count
        target.set("500")
        until(lambda: target.count >= before + 3, "three bad results")
        reloads = w.daemon.log.count("\n")
        w.daemon.send(signal.SIGHUP)
        until(lambda: w.daemon.log.count("\n") > reloads, "the reload to be logged")
        until(lambda: hook.seen(type="incident.triggered"), "the page")
        seen = target.count - before
        check(seen <= 8, "bad results until the page (fail_after is 6); a streak that was lost makes 9", seen)


harness.main(__name__)
