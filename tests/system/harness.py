"""harness.py - the real binary with real servers, for the system tests.

A test file holds functions named test_…, and ends with `harness.main(__name__)`, which runs them
one by one and prints `ok - name` or `not ok - name` for each. A test works in a `World`: a
scratch folder with a configuration, servers and daemons; leaving it ends all it started, also
on failure, and a failure shows the daemon's log. Nothing sleeps for a fixed time: `until()` waits
for what should come, `steady()` watches that it stays."""
import atexit
import contextlib
import hashlib
import http.client
import inspect
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "tools"))

from receiver import Receiver  # noqa: E402
from target import Target      # noqa: E402

BINARY = os.environ.get("MIDWATCH") or os.path.join(ROOT, "build", "midwatch")
SECRET = "whsec_bWlkd2F0Y2gtc3lzdGVtLXRlc3Qta2V5LTMyYnl0ZXM="
TOKEN = "a-token-for-the-system-tests"
PATIENCE = float(os.environ.get("PATIENCE", "20"))     # seconds; sanitizers and busy machines


class Failed(Exception):
    pass


def check(truth, text, *more):
    if not truth:
        raise Failed(" ".join([text, *[repr(m) for m in more]]))


def equal(is_, wanted, what):
    check(is_ == wanted, f"{what}: is {is_!r}, should be {wanted!r}")


def until(condition, what, seconds=PATIENCE):
    """Waits until condition() is true and returns its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"waited {seconds:g} s for: {what}")
        time.sleep(0.02)


def steady(condition, what, seconds):
    """Watches that condition() stays true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        check(condition(), f"did not stay so: {what}")
        time.sleep(0.05)


def free_port():
    """Below the ports that outgoing connections take: nobody gets it before its server does."""
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            return port


class Redis:
    """A redis-server of our own, with every write on disk."""

    def __init__(self, folder):
        self.folder, self.port, self.process = folder, free_port(), None
        os.makedirs(folder, exist_ok=True)
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder,
             "--appendonly", "yes", "--appendfsync", "always", "--save", ""],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: self.ask("PING") == "PONG", "redis to answer")

    def ask(self, *words):
        done = subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True,
                              text=True, errors="replace", timeout=10, check=False)
        return done.stdout.strip()

    def bytes(self, key):
        done = subprocess.run(["redis-cli", "-p", str(self.port), "--raw", "GET", key], capture_output=True,
                              timeout=10, check=False)
        return done.stdout[:-1]

    def keys(self, pattern="*"):
        return [k for k in self.ask("KEYS", pattern).splitlines() if k]

    def send(self, signum):
        self.process.send_signal(signum)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.kill()


class Daemon:
    def __init__(self, world, args=(), env=None, name="daemon"):
        self.world, self.log_path = world, os.path.join(world.folder, f"{name}.log")
        self.log_file = open(self.log_path, "ab")
        self.process = subprocess.Popen([BINARY, "run", "-c", world.config_path, *args], cwd=world.folder,
                                        stdin=subprocess.DEVNULL, stdout=self.log_file,
                                        stderr=subprocess.STDOUT, env=world.env | (env or {}))

    @property
    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def alive(self):
        return self.process.poll() is None

    def send(self, signum):
        self.process.send_signal(signum)

    def kill(self):
        """As a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=PATIENCE):
        """As systemd would. Returns the exit status."""
        if self.alive():
            self.send(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed(f"the daemon did not stop within {seconds:g} s of SIGTERM") from None


class World:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="midwatch-test-")
        self.config_path = os.path.join(self.folder, "midwatch.yaml")
        self.port = free_port()
        self.to_end = []
        self.daemon = None
        self.env = {"PATH": os.environ["PATH"], "HOME": self.folder, "LANG": "C.UTF-8", "NO_COLOR": "1",
                    "MIDWATCH_TOKEN": TOKEN}
        self.env |= {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}

    def __enter__(self):
        atexit.register(self.close)
        return self

    def __exit__(self, kind, error, trace):
        if kind and issubclass(kind, (Failed, AssertionError, KeyError, OSError)):
            self.show_logs()
        self.close()

    def close(self):
        atexit.unregister(self.close)
        if self.daemon and self.daemon.alive():
            with contextlib.suppress(Failed):
                self.daemon.stop()
        for thing in reversed(self.to_end):
            with contextlib.suppress(Exception):
                thing.stop()
        self.to_end = []
        shutil.rmtree(self.folder, ignore_errors=True)

    def show_logs(self):
        for name in sorted(os.listdir(self.folder)):
            if name.endswith(".log"):
                with open(os.path.join(self.folder, name), encoding="utf-8", errors="replace") as f:
                    for line in f.read().splitlines()[-60:]:
                        print(f"    {name}: {line}")

    # --- servers ----------------------------------------------------------------------------
    def ends(self, thing):
        self.to_end.append(thing)
        return thing

    def redis(self):
        return self.ends(Redis(os.path.join(self.folder, "redis")))

    def receiver(self, mode="200", **options):
        return self.ends(Receiver(mode=mode, secret=SECRET, **options).start())

    def target(self, mode="ok"):
        return self.ends(Target(mode=mode))

    # --- configuration ----------------------------------------------------------------------
    def write(self, config, name="midwatch.yaml"):
        """JSON is YAML. A text is taken as it is."""
        path = os.path.join(self.folder, name)
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write(config if isinstance(config, str) else json.dumps(config, indent=1) + "\n")
        os.rename(path + ".new", path)
        return path

    def config(self, target, receiver, **changes):
        """One monitor, two people on call by turns, one policy of two steps."""
        base = {
            "name": "test",
            "store": {"url": "embedded", "dir": os.path.join(self.folder, "data")},
            "web": {"listen": f"127.0.0.1:{self.port}",
                    "users": [{"person": "ana", "role": "admin",
                               "token_sha256": hashlib.sha256(TOKEN.encode()).hexdigest()}]},
            "monitors": [{"name": "api", "http": target.url, "interval": "500ms",
                          "retry_interval": "500ms", "timeout": "500ms", "fail_after": 2, "recover_after": 2, "severity": "critical",
                          "labels": {"team": "payments"}, "policy": "default"}],
            "people": {"ana": {"name": "Ana Ruiz", "notify": [{"via": "ana-hook"}]},
                       "bo": {"name": "Bo Lind", "notify": [{"via": "bo-hook"}]}},
            "channels": {who + "-hook": {"type": "webhook", "url": f"{receiver.url}/{who}", "secret": SECRET}
                         for who in ("ana", "bo")} |
                        {"ops": {"type": "webhook", "url": f"{receiver.url}/ops", "secret": SECRET}},
            "schedules": {"primary": {"time_zone": "UTC", "layers": [
                {"name": "weekly", "anchor": "2026-01-05T09:00", "every": "1 week", "members": ["ana"]}]}},
            "policies": {"default": {"steps": [{"notify": ["schedule:primary"]},
                                               {"after": "5m", "notify": ["person:bo"]}]}},
        }
        return base | changes

    # --- the daemon -------------------------------------------------------------------------
    def run(self, config=None, wait=True, **options):
        if config is not None:
            self.write(config)
        self.daemon = Daemon(self, **options)
        if wait:
            self.wait_ready()
        return self.daemon

    def wait_ready(self):
        def ready():
            check(self.daemon.alive(), "the daemon ended by itself, status", self.daemon.process.poll())
            return self.http("GET", "/readyz")[0] == 200
        until(ready, "/readyz to say 200")

    def cli(self, *args, status=0, env=None):
        done = subprocess.run([BINARY, *args], cwd=self.folder, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env=self.env | (env or {}), timeout=60, check=False)
        if status is not None:
            check(done.returncode == status, f"midwatch {' '.join(args)}: status {done.returncode}, "
                  f"should be {status}; said", done.stdout, done.stderr)
        return done

    def http(self, method, path, body=None, token=TOKEN):
        """(status, body text); (0, '') when nobody answers."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            c.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
            answer = c.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        except http.client.HTTPException:
            return 0, ""
        finally:
            c.close()

    def api(self, path, method="GET", body=None):
        """What the API answers, read; None when it cannot be reached."""
        status, text = self.http(method, "/api/v1" + path, body)
        return json.loads(text) if status // 100 == 2 and text else None

    def list(self, path, key):
        """A list of the API: bare, or under its name."""
        answer = self.api(path)
        return answer.get(key, answer.get("items", [])) if isinstance(answer, dict) else answer or []

    def incidents(self):
        return self.list("/incidents", "incidents")

    def deliveries(self):
        return self.list("/deliveries", "deliveries")

    def monitor(self, name="api"):
        return self.api(f"/monitors/{name}") or {}

    def outbox(self):
        return [d for d in self.deliveries() if d.get("state") in ("waiting", "sending")]


def main(module_name):
    module = sys.modules[module_name]
    tests = [(n, f) for n, f in vars(module).items() if n.startswith("test_") and inspect.isfunction(f)]
    only = sys.argv[1:]
    bad = 0
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: sys.exit(1))
    if not os.access(BINARY, os.X_OK):
        print(f"not ok - {BINARY} is not built")
        sys.exit(1)
    for name, test in tests:
        if only and not any(o in name for o in only):
            continue
        try:
            word = test()
            print(f"ok - {name[5:]}" + (f" # SKIP {word}" if word else ""), flush=True)
        except Failed as e:
            bad += 1
            print(f"not ok - {name[5:]}\n    {e}", flush=True)
        except Exception:
            bad += 1
            print(f"not ok - {name[5:]}", flush=True)
            print("".join("    " + line for line in traceback.format_exc().splitlines(True)), flush=True)
    sys.exit(1 if bad else 0)
