#!/usr/bin/env python3
"""No false page from our own trouble: what midwatch cannot judge is unknown, and one incident says so."""
import resource
import signal
import time

import harness
from harness import World, equal, steady, until

BLIND = "self:blind"


def down_pages(hook):
    return [r for r in hook.seen(type="incident.triggered") if (r["key"] or "").startswith("monitor:")]


def stand_still(w, seconds):
    w.daemon.send(signal.SIGSTOP)
    time.sleep(seconds)         # not a wait: the time the daemon loses
    w.daemon.send(signal.SIGCONT)


def test_stalls_shorter_than_a_second__longer_than_the_timeout__nobody_is_paged():
    with World() as w:
        hook, target = w.receiver(), w.target("slow:0.2")
        w.run(w.config(target, hook))
        until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
        for _ in range(8):
            stand_still(w, 0.8)
            time.sleep(0.3)
        until(lambda: w.monitor()["results"]["unknown"] > 0, "a result in doubt")
        equal(w.monitor()["results"]["down"], 0, "results against the target")
        equal(down_pages(hook), [], "pages")


def test_long_stall__every_time__is_noticed_and_logged():
    with World() as w:
        hook, target = w.receiver(), w.target()
        w.run(w.config(target, hook))
        until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
        for n in range(1, 5):
            stand_still(w, 1.6)
            until(lambda n=n: w.daemon.log.count("stood still for") == n, f"stall {n} to be logged")
        equal(down_pages(hook), [], "pages")


def test_out_of_descriptors__one_blind_incident__no_page_for_the_target__and_its_end():
    with World() as w:
        hook, target = w.receiver(), w.target("slow:0.9")
        config = w.config(target, hook, store={"url": w.redis().url, "dir": w.folder + "/data"})
        config["monitors"] = [config["monitors"][0] | {"name": f"m{i}", "interval": "1s", "retry_interval": "1s",
                                                       "timeout": "950ms"} for i in range(150)]
        w.run(config)
        until(lambda: w.monitor("m1").get("state") == "up", "a monitor to be up")
        pid = w.daemon.process.pid
        limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (64, limits[1]))
        until(lambda: BLIND in w.daemon.log or "midwatch is blind" in w.daemon.log, "the blind incident")
        steady(lambda: w.daemon.log.count("none -> triggered: midwatch is blind") == 1, "one blind incident", 6)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
        until(lambda: hook.seen(type="incident.resolved", key=BLIND), "the end of blindness to be told", 30)
        equal(len({r["incident"] for r in hook.seen(key=BLIND)}), 1, "blind incidents")
        equal(down_pages(hook), [], "pages for the targets")


def test_blind_when_killed__well_after_the_restart__the_incident_ends():
    with World() as w:
        w.run(w.config(w.target(), w.receiver(), store={"url": w.redis().url, "dir": w.folder + "/data"}))
        until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
        pid = w.daemon.process.pid
        limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (8, limits[1]))
        until(lambda: "triggered: midwatch is blind" in w.daemon.log, "the blind incident", 30)
        w.daemon.kill()
        w.run()
        until(lambda: [i["dedup_key"] for i in w.incidents()] == [BLIND], "the incident, read back")
        until(lambda: not w.incidents(), "its end, after the restart", 30)


harness.main(__name__)
