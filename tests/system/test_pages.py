#!/usr/bin/env python3
"""Pages reach people: the whole way from a failing target to a signed webhook, and back."""
import harness
from harness import World, check, equal, steady, until

TELLS_OF_THE_END = "incident.resolved"
ALARMS = ("incident.triggered", "incident.escalated", "incident.unacknowledged")


def alarms(hook):
    return [r for r in hook.seen() if r["type"] in ALARMS and r["monitor"] == "api"]


def down_and_paged(w, target, hook, mode="500"):
    w.wait_ready()
    until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
    target.set(mode)
    return until(lambda: alarms(hook), "a page")[0]


def test_outage__acknowledged_and_recovered__resolve_goes_to_exactly_those_paged():
    with World() as w:
        hook, target = w.receiver(), w.target()
        w.run(w.config(target, hook))
        page = down_and_paged(w, target, hook, "refuse")
        equal((page["type"], page["person"], page["step"], page["loop"], page["path"]),
              ("incident.triggered", "ana", 0, 0, "/ana"), "the page")
        check(page["signature"] is True, "the signature does not hold", page["headers"])
        data = page["body"]["data"]
        equal(data["incident"]["reason"], "connect", "the reason")
        equal(data["incident"]["labels"], {"team": "payments"}, "the labels")
        equal(data["incident"]["dedup_key"], "monitor:api", "the dedup key")
        equal(data["recipient"]["schedule"], "primary", "the schedule")
        equal(data["recipient"]["name"], "Ana Ruiz", "the person's name")
        check(page["headers"]["user-agent"].startswith("midwatch/"), "no user agent", page["headers"])

        incident = w.incidents()[0]
        equal(incident["id"], page["incident"], "the open incident")
        w.cli("ack", incident["id"], "-c", w.config_path)
        until(lambda: w.incidents()[0]["state"] == "acknowledged", "the acknowledgement to show")
        target.set("ok")
        end = until(lambda: hook.seen(type=TELLS_OF_THE_END), "the resolve")
        steady(lambda: len(hook.seen(type=TELLS_OF_THE_END)) == 1, "one resolve, to ana alone", 1.5)
        equal((end[0]["person"], end[0]["incident"], end[0]["signature"]),
              ("ana", page["incident"], True), "the resolve")
        equal([i for i in w.incidents() if i["state"] != "resolved"], [], "open incidents")
        equal(hook.seen(person="bo"), [], "what bo heard")
        equal(w.outbox(), [], "the outbox")


def test_ack__by_api__stops_escalation_until_unacknowledged():
    with World() as w:
        hook, target = w.receiver(), w.target()
        config = w.config(target, hook)
        config["policies"]["default"]["steps"][1]["after"] = "3s"
        w.run(config)
        page = down_and_paged(w, target, hook)
        status, text = w.http("POST", f"/api/v1/incidents/{page['incident']}/ack", {})
        equal(status // 100, 2, f"POST ack said {text}: class of status")
        steady(lambda: not [r for r in hook.seen(person="bo") if r["type"] in ALARMS],
               "nobody is woken after the acknowledgement", 4)
        status, text = w.http("POST", f"/api/v1/incidents/{page['incident']}/unack", {})
        equal(status // 100, 2, f"POST unack said {text}: class of status")
        until(lambda: [r for r in hook.seen(person="bo") if r["type"] in ALARMS], "bo to be woken after all")


def test_ack__without_a_token__is_refused():
    with World() as w:
        hook, target = w.receiver(), w.target()
        w.run(w.config(target, hook))
        page = down_and_paged(w, target, hook)
        for token in (None, "wrong"):
            status, _ = w.http("POST", f"/api/v1/incidents/{page['incident']}/ack", {}, token=token)
            check(status in (401, 403), "the API let a stranger acknowledge, status", status)
        equal(w.incidents()[0]["state"], "triggered", "the incident's state")


def test_escalation__nobody_acknowledges__second_step_fires_and_both_get_the_resolve():
    with World() as w:
        hook, target = w.receiver(), w.target()
        config = w.config(target, hook)
        config["policies"]["default"]["steps"][1]["after"] = "2s"
        w.run(config)
        down_and_paged(w, target, hook)
        bo = until(lambda: hook.seen(person="bo"), "the second step")[0]
        equal((bo["type"], bo["step"]), ("incident.escalated", 1), "the second page")
        target.set("ok")
        until(lambda: len(hook.seen(type=TELLS_OF_THE_END)) >= 2, "both resolves")
        steady(lambda: len(hook.seen(type=TELLS_OF_THE_END)) == 2, "two resolves", 1)
        equal(sorted(r["person"] for r in hook.seen(type=TELLS_OF_THE_END)), ["ana", "bo"], "told of the end")


def test_receiver__500_500_then_200__same_id_on_every_try():
    with World() as w:
        hook, target = w.receiver(), w.target()
        hook.script("/ana", "500,500,200")
        w.run(w.config(target, hook))
        down_and_paged(w, target, hook)
        until(lambda: hook.seen(path="/ana", mode="200"), "the third try", 30)
        tries = [r for r in alarms(hook) if r["path"] == "/ana"]
        equal([r["mode"] for r in tries], ["500", "500", "200"], "the tries")
        equal(len({r["id"] for r in tries}), 1, "number of ids")
        check(all(r["signature"] is True for r in tries), "a signature does not hold")
        bodies = {str(r["body"]) for r in tries}
        equal(len(bodies), 1, "a retry sends the same body; different ones")
        until(lambda: not w.outbox(), "the outbox to be empty")


def test_receiver__resets_after_storing__same_id_again():
    with World() as w:
        hook, target = w.receiver(), w.target()
        hook.script("/ana", "reset,timeout,200")
        config = w.config(target, hook)
        for channel in config["channels"].values():
            channel["timeout"] = "1s"
        w.run(config)
        down_and_paged(w, target, hook)
        until(lambda: hook.seen(path="/ana", mode="200"), "the third try", 30)
        equal(len({r["id"] for r in alarms(hook) if r["path"] == "/ana"}), 1, "number of ids")


def test_receiver__404__next_contact_hears_at_once():
    with World() as w:
        hook, target = w.receiver(), w.target()
        hook.script("/ana", "404")
        w.run(w.config(target, hook))
        page = down_and_paged(w, target, hook)
        bo = until(lambda: hook.seen(person="bo"), "bo to hear, five minutes early", 10)[0]
        check(bo["at"] - page["at"] < 3, "seconds until bo heard", bo["at"] - page["at"])
        steady(lambda: len(hook.seen(path="/ana", mode="404")) == 1, "404 is not tried again", 2.5)
        target.set("ok")
        until(lambda: hook.seen(type=TELLS_OF_THE_END, person="bo"), "bo's resolve")
        steady(lambda: not hook.seen(type=TELLS_OF_THE_END, person="ana"),
               "ana, whom nothing reached, hears of no end", 1)


def test_receiver__503_with_retry_after__waits_as_asked():
    with World() as w:
        hook, target = w.receiver(), w.target()
        hook.script("/ana", "503:4,200")
        w.run(w.config(target, hook))
        first = down_and_paged(w, target, hook)
        second = until(lambda: hook.seen(path="/ana", mode="200"), "the second try", 30)[0]
        waited = second["at"] - first["at"]
        check(4 <= waited < 8, "seconds between the tries (asked: 4)", waited)


def test_personal_rules__second_channel_after_a_while__unless_acknowledged():
    with World() as w:
        hook, target = w.receiver(), w.target()
        config = w.config(target, hook)
        config["people"]["ana"]["notify"] = [{"via": "ana-hook"}, {"via": "ops", "after": "2s"}]
        w.run(config)
        down_and_paged(w, target, hook)
        late = until(lambda: hook.seen(path="/ops"), "ana's second channel")[0]
        equal((late["person"], late["channel"]), ("ana", "ops"), "the second page of ana")


def test_flap__one_bad_result_only__nobody_is_woken():
    with World() as w:
        hook, target = w.receiver(), w.target()
        config = w.config(target, hook)
        config["monitors"][0] |= {"fail_after": 3}
        w.run(config)
        until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
        before = target.count
        target.set("500")
        until(lambda: target.count > before, "one bad result")
        target.set("ok")
        until(lambda: target.count > before + 3, "good results again")
        equal(hook.seen(), [], "what was sent")
        equal(w.monitor()["state"], "up", "the state")


def test_every_way_to_fail__has_its_reason():
    reasons = {"500": "status", "hang": "timeout", "refuse": "connect", "garbage": "protocol",
               "truncated": "truncated"}
    with World() as w:
        hook = w.receiver()
        targets = {mode: w.target(mode) for mode in reasons}
        config = w.config(targets["500"], hook)
        config["monitors"] = [{"name": mode, "http": t.url, "interval": "1s", "timeout": "1s", "fail_after": 1}
                              for mode, t in targets.items()]
        w.run(config)

        def found():
            return {i["monitor"]: i["reason"] for i in w.incidents()}
        until(lambda: len(found()) == len(reasons), "an incident for each")
        equal(found(), reasons, "reasons")


harness.main(__name__)
