#!/usr/bin/env python3
"""The embedded store: a redis-server of midwatch's own, private, and gone when midwatch is."""
import os
import subprocess

import harness
from harness import Daemon, World, check, equal, until


def redis_of(w):
    """Process ids of redis-servers that live in this world's folder."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                words = f.read().decode(errors="replace")
            where = os.readlink(f"/proc/{pid}/cwd")
        except OSError:
            continue
        if "redis-server" in words and (w.folder in words or where.startswith(w.folder)):
            found.append(int(pid))
    return found


def start(w):
    w.run(w.config(w.target(), w.receiver()))
    until(lambda: redis_of(w), "its redis-server")


def test_stop__takes_its_redis_server_along():
    with World() as w:
        start(w)
        equal(w.daemon.stop(), 0, "exit status")
        until(lambda: not redis_of(w), "redis-server to be gone", 5)


def test_kill_9__redis_server_goes_too__and_the_next_start_finds_the_data():
    with World() as w:
        start(w)
        until(lambda: w.monitor().get("state") == "up", "the monitor to be up")
        since = w.monitor().get("since") or w.monitor().get("state_since")
        w.daemon.kill()
        until(lambda: not redis_of(w), "redis-server to be gone", 10)
        w.run()
        equal(w.monitor().get("state"), "up", "the state right after the restart")
        equal(w.monitor().get("since") or w.monitor().get("state_since"), since, "since when it is up")


def test_redis_server_killed__is_started_again():
    with World() as w:
        start(w)
        first = redis_of(w)
        for pid in first:
            os.kill(pid, 9)
        until(lambda: redis_of(w) and redis_of(w) != first, "another redis-server", 30)
        check(w.daemon.alive(), "the daemon ended")


def test_two_daemons__same_folder__second_says_so_and_ends():
    with World() as w:
        start(w)
        w.write((w.config(w.target(), w.receiver()) | {"web": {"listen": f"127.0.0.1:{harness.free_port()}"}}))
        second = w.ends(Daemon(w, name="second"))
        status = second.process.wait(harness.PATIENCE)
        check(status != 0, "the second daemon's exit status is 0")
        check(w.daemon.alive(), "the first daemon ended")
        equal(len(second.log.strip().splitlines()) <= 3, True, f"few words, not:\n{second.log}")


def test_store__private__no_port_open_and_folder_closed_to_others():
    with World() as w:
        start(w)
        mode = os.stat(os.path.join(w.folder, "data")).st_mode & 0o077
        equal(mode, 0, "rights of others on the data folder")
        if not os.path.exists("/bin/ss") and not os.path.exists("/usr/bin/ss"):
            return None
        out = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=False).stdout
        pids = [f"pid={p}," for p in redis_of(w)]
        check(not any(p in out for p in pids), "redis-server listens on a port", out)
        return None


harness.main(__name__)
