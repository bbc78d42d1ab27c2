#!/usr/bin/env python3
"""Our own network is gone: one incident says so, nobody is paged for the targets, now or later."""
import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys

import harness
from harness import World, check, equal, steady, until

BLIND = "self:blind"
SUBNET = "198.18.77"    # of the range for benchmarks: nobody routes it
PORT = 8000


def pages(hook):
    return [r for r in hook.seen(type="incident.triggered") if not (r["key"] or "self:").startswith("self:")]


def blind_told(hook, kind):
    return hook.seen(type="incident." + kind, key=BLIND)


def metric(w, line):
    found = re.search(rf"^{re.escape(line)} (\S+)$", w.http("GET", "/metrics")[1], re.M)
    return float(found[1]) if found else None


def many(config, n, url, **changes):
    return [config["monitors"][0] | {"name": f"m{i}", "http": url} | changes for i in range(n)]


def with_canaries(w, hook, target, canaries, n=20):
    config = w.config(target, hook, canaries=[f"127.0.0.1:{c.port}" for c in canaries])
    return config | {"monitors": many(config, n, target.url)}


def alive(w, n):
    until(lambda: metric(w, 'midwatch_canaries{state="alive"}') == n, f"{n} canaries to be alive")


def test_no_canary_answers__one_blind_incident__no_page_then_or_later():
    with World() as w:
        hook, target, canaries = w.receiver(), w.target(), [w.target() for _ in range(3)]
        w.run(with_canaries(w, hook, target, canaries))
        until(lambda: w.monitor("m1").get("state") == "up", "the monitors to be up")
        alive(w, 3)
        for c in canaries:
            c.set("refuse")
        target.set("hang")
        until(lambda: blind_told(hook, "triggered"), "to be told that we are blind")
        until(lambda: w.monitor("m7").get("state") == "unknown", "the monitors to be unknown")
        steady(lambda: not pages(hook) and len(blind_told(hook, "triggered")) == 1, "one incident, no page", 6)
        equal(metric(w, "midwatch_blind"), 1, "midwatch_blind")
        equal(w.monitor("m1")["results"]["down"], 0, "results against the target")
        target.set("ok")
        for c in canaries:
            c.set("ok")
        until(lambda: blind_told(hook, "resolved"), "the end of blindness to be told", 30)
        until(lambda: w.monitor("m1").get("state") == "up", "the monitors to be up again")
        steady(lambda: not pages(hook), "no late page", 3)
        equal(len({r["incident"] for r in hook.seen(key=BLIND)}), 1, "blind incidents")
        # And what is really down is seen at once.
        target.set("500")
        until(lambda: pages(hook), "a page for a real outage")


def test_one_canary_answers__an_outage_is_an_outage():
    with World() as w:
        hook, target, canaries = w.receiver(), w.target(), [w.target() for _ in range(2)]
        w.run(with_canaries(w, hook, target, canaries, n=1))
        until(lambda: w.monitor("m0").get("state") == "up", "the monitor to be up")
        alive(w, 2)
        canaries[0].set("refuse")
        target.set("refuse")
        until(lambda: pages(hook), "the page")
        equal(hook.seen(key=BLIND), [], "blind incidents")


def test_canaries_that_never_answered__cannot_excuse_anything():
    with World() as w:
        hook, target, canaries = w.receiver(), w.target(), [w.target("refuse") for _ in range(3)]
        w.run(with_canaries(w, hook, target, canaries, n=1))
        until(lambda: w.monitor("m0").get("state") == "up", "the monitor to be up")
        target.set("refuse")
        until(lambda: pages(hook), "the page")
        equal(hook.seen(key=BLIND), [], "blind incidents")
        equal(metric(w, 'midwatch_canaries{state="never"}'), 3, "canaries that never answered")


def test_status_that_is_wrong__came_through_the_network__and_counts():
    with World() as w:
        hook, target, canaries = w.receiver(), w.target(), [w.target() for _ in range(2)]
        w.run(with_canaries(w, hook, target, canaries, n=1))
        until(lambda: w.monitor("m0").get("state") == "up", "the monitor to be up")
        alive(w, 2)
        for c in canaries:
            c.set("refuse")
        target.set("500")
        until(lambda: pages(hook), "the page")
        equal(hook.seen(key=BLIND), [], "blind incidents")


# --- with a cable -------------------------------------------------------------------------------
class Far:
    """A network of its own at the far end of a cable that can be cut."""

    def __init__(self):
        self.name = f"mwfar{os.getpid()}"
        self.near = f"mwn{os.getpid()}"[:15]
        self.servers = {}
        ip("netns", "add", self.name)
        try:
            ip("link", "add", self.near, "type", "veth", "peer", "name", "far", "netns", self.name)
            ip("addr", "add", f"{SUBNET}.1/24", "dev", self.near)
            ip("link", "set", self.near, "up")
            for n in range(10, 14):
                self.inside("addr", "add", f"{SUBNET}.{n}/24", "dev", "far")
            self.inside("link", "set", "lo", "up")
            self.inside("link", "set", "far", "up")
            self.mac = self.inside("-o", "link", "show", "far").split("link/ether ")[1].split()[0]
        except Exception:
            self.stop()
            raise

    def inside(self, *args):
        return ip("-n", self.name, *args)

    def serve(self, port):
        self.servers[port] = subprocess.Popen(
            ["ip", "netns", "exec", self.name, sys.executable, "-m", "http.server", str(port), "--directory",
             os.path.join(harness.ROOT, "tests", "tools")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: answers(port), f"the server at the far end, port {port}")

    def end_server(self, port):
        server = self.servers.pop(port)
        server.kill()
        server.wait()

    def cut(self):
        """Frames go to a station that is not there: silence, as of a cable that was pulled far away."""
        for n in range(10, 14):
            ip("neigh", "replace", f"{SUBNET}.{n}", "lladdr", "02:00:00:00:00:01", "dev", self.near, "nud", "permanent")

    def mend(self):
        for n in range(10, 14):
            ip("neigh", "replace", f"{SUBNET}.{n}", "lladdr", self.mac, "dev", self.near, "nud", "permanent")

    def stop(self):
        for port in list(self.servers):
            self.end_server(port)
        with contextlib.suppress(subprocess.CalledProcessError):
            ip("link", "del", self.near)
        with contextlib.suppress(subprocess.CalledProcessError):
            ip("netns", "del", self.name)


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection((f"{SUBNET}.10", port), 1):
        return True
    return False


def ip(*args):
    return subprocess.run(["ip", *args], capture_output=True, text=True, check=True, timeout=10).stdout


def test_uplink_cut__500_targets__one_incident_no_page__and_what_is_really_down_pages_after():
    if os.geteuid() != 0 or not shutil.which("ip"):
        return "needs root and ip(8)"
    with World() as w:
        try:
            far = w.ends(Far())
        except subprocess.CalledProcessError as e:
            return "no network of our own here: " + e.stderr.strip()
        far.serve(PORT)
        far.serve(PORT + 1)
        hook = w.receiver()
        config = w.config(w.target(), hook, canaries=[f"{SUBNET}.{n}:{PORT}" for n in (11, 12, 13)])
        pace = {"interval": "5s", "retry_interval": "1s", "timeout": "2s"}
        config["monitors"] = (many(config, 500, f"http://{SUBNET}.10:{PORT}/target.py", **pace)
                              + [config["monitors"][0] | {"name": "real", "http": f"http://{SUBNET}.10:{PORT + 1}/"} | pace])
        w.run(config)
        alive(w, 3)
        until(lambda: metric(w, 'midwatch_monitors{state="up"}') == 501, "all to be up", 30)
        far.cut()
        until(lambda: blind_told(hook, "triggered"), "to be told that we are blind")
        far.end_server(PORT + 1)
        until(lambda: metric(w, 'midwatch_monitors{state="unknown"}') == 501, "all to be unknown", 40)
        equal(pages(hook), [], "pages")
        equal(w.monitor("real")["results"]["down"], 0, "results against a target")
        far.mend()
        until(lambda: pages(hook), "the page for the one that is really down", 30)
        until(lambda: metric(w, 'midwatch_monitors{state="up"}') == 500, "the others to be up", 30)
        until(lambda: blind_told(hook, "resolved"), "the end of blindness to be told", 40)
        steady(lambda: {r["monitor"] for r in pages(hook)} == {"real"}, "no late page", 6)
        equal(len(blind_told(hook, "triggered")), 1, "blind incidents")
        check(metric(w, "midwatch_probe_missed_total") is not None, "no count of missed slots")
        print(f"    missed slots: {metric(w, 'midwatch_probe_missed_total'):.0f}; rounds: "
              f"{metric(w, 'midwatch_canary_rounds_total'):.0f}; down results of the 500: "
              f"{sum(m['results']['down'] for m in w.list('/monitors', 'monitors') if m['name'] != 'real')}")


harness.main(__name__)
