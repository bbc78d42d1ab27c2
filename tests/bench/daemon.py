#!/usr/bin/env python3
"""The daemon as a whole against its budgets: lateness, memory, decision to webhook, steps, start.

Real redis-server, real nginx, the real binary. The daemon is pinned to one core, its peers to
the other where there are two. Prints a line a figure: what, measured, target.
"""
import asyncio
import datetime
import http.server
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

BINARY = os.path.abspath(os.environ.get("MIDWATCH", "build/midwatch"))
CORES = sorted(os.sched_getaffinity(0))
procs = []


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(argv, core, **kw):
    p = subprocess.Popen(["taskset", "-c", str(core), *argv], stdin=subprocess.DEVNULL, **kw)
    procs.append(p)
    return p


def wait_for(what, test, seconds=20.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            value = test()
            if value:
                return value
        except OSError:
            pass
        time.sleep(0.02)
    raise SystemExit(f"bench: no {what} within {seconds:g} s")


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as r:
        return r.read().decode()


def metrics(port):
    found = {}
    for line in get(port, "/metrics").splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            found[name] = float(value)
    return found


def start_redis(folder):
    port = free_port()
    start(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "",
           "--appendonly", "yes"], CORES[-1], stdout=subprocess.DEVNULL)
    wait_for("redis", lambda: socket.create_connection(("127.0.0.1", port), 1))
    return port


def start_nginx(folder):
    port = free_port()
    conf = os.path.join(folder, "nginx.conf")
    with open(conf, "w", encoding="utf-8") as f:
        f.write(f"""daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid;
error_log {folder}/nginx.err; events {{ worker_connections 8192; }}
http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ return 200 "{'x' * 200}"; }} }} }}
""")
    start(["nginx", "-p", folder, "-c", conf], CORES[-1], stderr=subprocess.DEVNULL)
    wait_for("nginx", lambda: socket.create_connection(("127.0.0.1", port), 1))
    return port


def configure(folder, redis, monitors, tail="", interval="1s"):
    web = free_port()
    path = os.path.join(folder, "midwatch.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"name: bench{web}\nstore: {{ url: 'redis://127.0.0.1:{redis}/0', dir: '{folder}/data{web}' }}\n"
                f"web: {{ listen: '127.0.0.1:{web}' }}\n"
                f"defaults: {{ interval: {interval}, timeout: 1s, retry_interval: 1s }}\n{tail}\nmonitors:\n")
        for name, url in monitors:
            f.write(f"  - {{ name: {name}, http: '{url}' }}\n")
    return path, web


def start_daemon(path, web):
    log = open(path + ".log", "w", encoding="utf-8")
    p = start([BINARY, "run", "-c", path], CORES[0], stderr=log)
    wait_for("daemon", lambda: get(web, "/healthz"))
    return p


def stop(p):
    p.send_signal(signal.SIGTERM)
    p.wait(10)
    procs.remove(p)


def rss_mb(p):
    with open(f"/proc/{p.pid}/status", encoding="utf-8") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1)) / 1024


def cpu_s(p):
    with open(f"/proc/{p.pid}/stat", encoding="utf-8") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quantile(m, q):
    """Upper bound of the lateness bucket that holds the quantile, in ms."""
    rows = []
    for name, value in m.items():
        found = re.match(r'midwatch_probe_lateness_seconds_bucket\{le="(.*)"\}', name)
        if found:
            rows.append((float("inf") if found.group(1) == "+Inf" else float(found.group(1)), value))
    rows.sort()
    total = rows[-1][1]
    return next(le for le, n in rows if n >= q * total) * 1000


def say(what, measured, target):
    print(f"  {what:<58} {measured:>14}   {target}", flush=True)


def lateness(folder, redis, nginx):
    path, web = configure(folder, redis, [(f"m{i}", f"http://127.0.0.1:{nginx}/{i}") for i in range(1000)])
    p = start_daemon(path, web)
    time.sleep(3)
    before, cpu, began = metrics(web), cpu_s(p), time.monotonic()
    time.sleep(20)
    after, took = metrics(web), time.monotonic() - began
    window = {k: after[k] - before.get(k, 0) for k in after}
    ran = window["midwatch_probe_starts_total"]
    say("1,000 monitors every second: starts per second", f"{ran / took:.0f}", "1000")
    say("  lateness p50, at most", f"{quantile(window, .50):g} ms", "")
    say("  lateness p99, at most", f"{quantile(window, .99):g} ms", "< 10 ms")
    say("  runs missed", f"{window['midwatch_probe_missed_total']:.0f}", "0")
    say("  CPU of the daemon, of one core", f"{100 * (cpu_s(p) - cpu) / took:.0f} %", "")
    stop(p)


def memory(folder, redis, nginx, count, target, interval):
    path, web = configure(folder, redis, [(f"m{i}", f"http://127.0.0.1:{nginx}/{i}") for i in range(count)],
                          interval=interval)
    began = time.monotonic()
    check = subprocess.run([BINARY, "check", "-c", path], capture_output=True, check=False)
    checked = time.monotonic() - began
    if check.returncode:
        raise SystemExit(check.stderr.decode())
    began = time.monotonic()
    p = start_daemon(path, web)
    wait_for("first probe", lambda: metrics(web)["midwatch_probe_starts_total"] >= 1)
    first = time.monotonic() - began
    wait_for("one run of each", lambda: metrics(web)["midwatch_probe_starts_total"] >= count, 90)
    time.sleep(2)
    if count > 1000:
        say(f"{count}-monitor file: checked in", f"{checked * 1000:.0f} ms", "< 1000 ms")
        say(f"{count}-monitor file: start to first probe, at most", f"{first * 1000:.0f} ms", "< 1000 ms")
        began = time.monotonic()
        size = len(get(web, "/metrics"))
        took, m = time.monotonic() - began, metrics(web)
        say(f"{count} monitors: a scrape of {m['midwatch_metrics_series']:.0f} series, {size / 1e6:.1f} MB",
            f"{took * 1000:.0f} ms", "")
        say("  the loop held at a time, at most", f"{m['midwatch_metrics_slice_max_seconds'] * 1000:.1f} ms", "< 20 ms")
    say(f"RSS with {count} monitors, Redis outside", f"{rss_mb(p):.1f} MB", target)
    stop(p)


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


def decision(folder, redis):
    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    dead = free_port()
    tail = (f"channels: {{ hook: {{ type: webhook, url: 'http://127.0.0.1:{hook.server_port}/' }} }}\n")
    path, web = configure(folder, redis, [(f"m{i}", f"http://127.0.0.1:{dead}/") for i in range(50)], tail)
    p = start_daemon(path, web)
    wait_for("50 pages", lambda: metrics(web).get("midwatch_page_delay_seconds_count", 0) >= 50)
    m = metrics(web)
    mean = m["midwatch_page_delay_seconds_sum"] / m["midwatch_page_delay_seconds_count"]
    say("deciding result to first byte of the webhook, mean of 50", f"{mean * 1000:.2f} ms", "< 20 ms")
    say("  the longest", f"{m['midwatch_page_delay_max_seconds'] * 1000:.2f} ms", "< 20 ms")
    stop(p)
    hook.shutdown()


class Arrivals(asyncio.Protocol):
    """Notes when each page came, and answers at once; what it says is read when all is over."""
    came = []

    def connection_made(self, transport):
        self.transport, self.got = transport, b""

    def data_received(self, data):
        now, self.got = time.time(), self.got + data
        while b"\r\n\r\n" in self.got:
            head, rest = self.got.split(b"\r\n\r\n", 1)
            length = int(re.search(rb"(?i)content-length: *(\d+)", head).group(1))
            if len(rest) < length:
                return
            self.came.append((now, rest[:length]))
            self.got = rest[length:]
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def listen():
    port, loop = free_port(), asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(Arrivals, "127.0.0.1", port, backlog=4096))
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return port, lambda: loop.call_soon_threadsafe(lambda: (server.close(), loop.stop()))


def late(every):
    """Arrival minus due, in seconds, of each page; due is the first page's decision and the steps' waits."""
    pages = []
    for at, body in Arrivals.came:
        page = json.loads(body)
        decided = datetime.datetime.fromisoformat(page["timestamp"].replace("Z", "+00:00")).timestamp()
        pages.append((page["data"]["incident"]["id"], page["data"]["recipient"]["step"], at, decided))
    first = {incident: decided for incident, step, _, decided in pages if step == 0}
    return sorted((at - first[incident] - step * every, step) for incident, step, at, _ in pages)


def steps(folder, redis, count=1000, every=10):
    """All targets go away within a second; each incident pages in three steps."""
    nginx = start_nginx(folder)
    port, close = listen()
    tail = (f"channels: {{ hook: {{ type: webhook, url: 'http://127.0.0.1:{port}/' }} }}\n"
            "storm: { incidents: 0, share: 0 }\n"
            "policies: { default: { steps: [ { notify: ['channel:hook'] }, "
            + ", ".join([f"{{ after: {every}s, notify: ['channel:hook'] }}"] * 2) + " ] } }\n")
    path, web = configure(folder, redis, [(f"m{i}", f"http://127.0.0.1:{nginx}/{i}") for i in range(count)], tail)
    p = start_daemon(path, web)
    wait_for("one run of each", lambda: metrics(web)["midwatch_probe_starts_total"] >= 2 * count, 90)
    time.sleep(4)                                   # until the start's memory is given back
    before = rss_mb(p)
    procs[-2].kill()
    wait_for("three pages of each", lambda: len(Arrivals.came) >= 3 * count, 90)
    at_most = rss_mb(p) - before
    rows = late(every)
    time.sleep(4)
    grown = rss_mb(p) - before
    say(f"{count} incidents, three steps each: pages that came", f"{len(rows)}", f"{3 * count}")
    say("  lateness of a step p99", f"{rows[int(.99 * len(rows))][0] * 1000:.0f} ms", "< 1000 ms")
    say("  the longest (by step " + ", ".join(
        f"{s}: {max(l for l, n in rows if n == s) * 1000:.0f} ms" for s in range(3)) + ")",
        f"{rows[-1][0] * 1000:.0f} ms", "< 1000 ms")
    say("  RSS grown for each incident, while a step is sent", f"{at_most * 1048.576 / count:.1f} kB", "")
    say("  and afterwards", f"{grown * 1048.576 / count:.1f} kB", "< 20 kB")
    stop(p)
    close()


def main():
    for tool in ("redis-server", "nginx", "taskset"):
        if not shutil.which(tool):
            raise SystemExit(f"bench: {tool} is missing; run: make deps-test")
    folder = tempfile.mkdtemp(prefix="midwatch-bench-")
    try:
        redis, nginx = start_redis(folder), start_nginx(folder)
        print("the daemon as a whole (measured, target)")
        lateness(folder, redis, nginx)
        memory(folder, redis, nginx, 10, "< 10 MB", "1s")
        memory(folder, redis, nginx, 10000, "< 80 MB", "10s")
        decision(folder, redis)
        steps(folder, redis)
    finally:
        for p in procs:
            p.kill()
            p.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
