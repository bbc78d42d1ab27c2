#!/usr/bin/env python3
"""The metrics, read by the real promtool and a real Prometheus: scraped, pushed, on the dashboard."""
import concurrent.futures
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
import urllib.parse
import urllib.request

import harness
from harness import ROOT, TOKEN, World, check, equal, free_port, steady, until

RULES = os.path.join(ROOT, "conf", "prometheus-rules.yaml")
DASHBOARD = os.path.join(ROOT, "conf", "grafana-dashboard.json")
DOCUMENT = os.path.join(ROOT, "docs", "metrics.md")
NAME = re.compile(r"\b((?:midwatch|process)_[a-z0-9_]+)\b")
OPEN = "application/openmetrics-text;version=1.0.0"


def promtool(*args, text=None):
    done = subprocess.run(["promtool", *args], input=text, capture_output=True, text=True, check=False, cwd=ROOT)
    return done.returncode, done.stdout + done.stderr


def scrape(w, accept="text/plain"):
    request = urllib.request.Request(f"http://127.0.0.1:{w.port}/metrics",
                                     headers={"Accept": accept, "Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def metric(w, line):
    found = re.search(rf"^{re.escape(line)} (\S+)$", w.http("GET", "/metrics")[1], re.M)
    return float(found[1]) if found else None


def documented():
    """{name: type}"""
    with open(DOCUMENT, encoding="utf-8") as f:
        return dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", f.read(), re.M))


def undocumented(expr, rows):
    """the names in it that no family has"""
    names = {re.sub(r"_(bucket|sum|count)$", "", n) if rows.get(re.sub(r"_(bucket|sum|count)$", "", n)) == "histogram"
             else n for n in NAME.findall(expr)}
    return sorted(n for n in names if n not in rows)


class Prometheus:
    """A real one, of our own, with the receiver for remote write."""

    def __init__(self, w, jobs):
        self.folder = os.path.join(w.folder, "prometheus")
        os.makedirs(self.folder, exist_ok=True)
        self.port, self.process = free_port(), None
        self.config = os.path.join(self.folder, "prometheus.yml")
        with open(self.config, "w", encoding="utf-8") as f:
            json.dump({"global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [RULES],
                       "scrape_configs": jobs}, f)
        self.log = open(os.path.join(w.folder, "prometheus.log"), "ab")
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={self.config}", f"--storage.tsdb.path={self.folder}/data",
             f"--web.listen-address=127.0.0.1:{self.port}", "--web.enable-remote-write-receiver", "--log.level=warn"],
            stdout=self.log, stderr=self.log)
        until(self.ready, "Prometheus to be ready", 60)

    def ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def ask(self, path, **query):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as e:
            return json.load(e)

    def series(self, expr):
        """[(labels, value)]"""
        said = self.ask("query", query=expr)
        check(said["status"] == "success", expr, said)
        return [(one["metric"], float(one["value"][1])) for one in said["data"]["result"]]

    def value(self, expr):
        found = self.series(expr)
        return found[0][1] if len(found) == 1 else None

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def scraping(w):
    return [{"job_name": "midwatch", "authorization": {"credentials": TOKEN},
             "static_configs": [{"targets": [f"127.0.0.1:{w.port}"]}]}]


def three(w, hook, **changes):
    """One up, one down, one in announced maintenance; probed once, so that counts stand still."""
    good, bad = w.target(), w.target("500")
    common = {"interval": "1h", "timeout": "2s", "fail_after": 1}
    config = w.config(good, hook, slos=[{"name": "core", "monitors": ["api"], "objective": "99%"}], **changes)
    config["monitors"] = [
        {"name": "api", "http": good.url, "group": "core", **common},
        {"name": "www", "http": bad.url, "group": "edge", **common},
        {"name": "moved", "http": bad.url, **common,
         "maintenance": [{"start": "2020-01-01T00:00:00Z", "end": "2099-01-01T00:00:00Z"}]},
    ]
    return config


def settle(w):
    until(lambda: all(w.monitor(n).get("runs") for n in ("api", "www", "moved")), "a result of each")


def test_exposition__both_formats__promtool_has_nothing_to_say_and_all_is_documented():
    with World() as w:
        w.run(three(w, w.receiver(), dead_man={"url": "http://127.0.0.1:1/", "every": "10s"}, region="fra",
                    regions=["fra"], metrics={"push": [{"otlp": "http://127.0.0.1:1/"}]}))
        settle(w)
        kind, text = scrape(w)
        check(kind.startswith("text/plain; version=0.0.4"), "the type", kind)
        equal(promtool("check", "metrics", text=text), (0, ""), "promtool check metrics")
        types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
        rows = {n: "gauge" if t == "info" else t for n, t in documented().items()}
        equal({n: t for n, t in types.items() if rows.get(n) != t}, {}, "families that are documented otherwise")
        missing = sorted(n for n in rows if n not in types)
        equal(missing, [], "families that are documented and not told")
        check('midwatch_probe_bad_results_total{monitor="www",group="edge",verdict="down",reason="status"} 1\n' in text,
              "a bad result by reason")
        check('midwatch_probe_maintenance_results_total{monitor="moved",group="",verdict="down"} 1\n' in text
              and 'bad_results_total{monitor="moved"' not in text, "a result in maintenance")
        strict_openmetrics(*scrape(w, OPEN))


def strict_openmetrics(kind, text):
    """What the specification asks for and a lenient reader lets pass."""
    check(kind.startswith(OPEN.split(";")[0] + "; version=1.0.0"), "the type", kind)
    check(text.endswith("\n# EOF\n") and text.count("# EOF") == 1, "the end")
    family, seen, told = None, set(), set()
    for line in text.splitlines()[:-1]:
        words = line.split(" ", 3)
        if words[0] == "#":
            check(words[1] in ("TYPE", "UNIT", "HELP"), "a line", line)
            if words[2] != family:
                family, told = words[2], set()
                check(family not in seen, "a family in two places", family)
                seen.add(family)
            check(words[1] not in told, "twice", line)
            told.add(words[1])
            if words[1] == "TYPE":
                kind = words[3]
            if words[1] == "UNIT":
                check(family.endswith("_" + words[3]), "a name without its unit", line)
            continue
        name = re.match(r"[a-z_]+", line)[0]
        suffixes = {"counter": ["_total"], "gauge": [""], "info": ["_info"],
                    "histogram": ["_bucket", "_sum", "_count"]}[kind]
        check(name in [family + s for s in suffixes], "a series of another family", line)


def test_prometheus__scrapes__and_agrees_with_the_api():
    with World() as w:
        hook = w.receiver()
        w.run(three(w, hook))
        settle(w)
        p = w.ends(Prometheus(w, scraping(w)))
        until(lambda: p.value("midwatch_ready") == 1, "a scrape")
        equal(p.value('up{job="midwatch"}'), 1, "up")
        equal(sum(v for _, v in p.series("midwatch_metrics_left_out_series")), 0, "left out")
        for name in ("api", "www", "moved"):
            m, sel = w.monitor(name), f'{{monitor="{name}"}}'
            equal({s["verdict"]: v for s, v in p.series("midwatch_probe_results_total" + sel)}, m["results"], "results")
            equal([s["state"] for s, _ in p.series("midwatch_monitor_state" + sel)], [m["state"]], "state")
            equal(p.value("midwatch_monitor_up" + sel), float(m["state"] != "down"), "up")
            equal(p.value("midwatch_monitor_missed_total" + sel), m["missed"], "missed")
            check(abs(p.value("midwatch_probe_duration_seconds" + sel) * 1000 - m["last"]["phases_ms"]["total"]) < 0.01,
                  "the duration", m["last"])
        check(p.value('midwatch_probe_latency_seconds_count{group="core"}') == 1, "one good result")
        check(p.value('histogram_quantile(1, midwatch_probe_latency_seconds_bucket{group="core"})')
              >= p.value('midwatch_probe_duration_seconds{monitor="api"}'), "its bucket")
        equal(sum(v for _, v in p.series("midwatch_incidents")), len(w.incidents()), "incidents")
        hook_seen = until(lambda: hook.seen(type="incident.triggered"), "the page")
        until(lambda: p.value('midwatch_delivery_attempts_total{outcome="accepted"}') == len(hook_seen), "its attempt")
        until(lambda: p.value("sum(midwatch_channel_attempt_duration_seconds_count)") == len(hook_seen), "its length")


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def fill(expr):
    return re.sub(r"\$\{?(\w+)\}?", lambda m: {"__rate_interval": "1m", "__range": "5m", "__interval": "1m"}
                  .get(m[1], ".*"), expr)


def test_dashboard__every_query__is_answered_and_names_what_there_is():
    with open(DASHBOARD, encoding="utf-8") as f:
        dashboard = json.load(f)
    variables = {v["name"] for v in dashboard["templating"]["list"]}
    ids = [p["id"] for p in panels(dashboard)]
    equal(len(ids), len(set(ids)), "ids of panels")
    check({"datasource"} <= variables and dashboard["uid"] == "midwatch" and dashboard["schemaVersion"] >= 36, "the head")
    exprs, rows, taken = [], documented(), set()
    for panel in panels(dashboard):
        place = panel["gridPos"]
        spots = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        check(place["x"] + place["w"] <= 24 and not spots & taken, "a panel lies over another", panel["title"])
        taken |= spots
        for target in panel.get("targets", []):
            equal(target["datasource"]["uid"], "${datasource}", f"the data source of {panel['title']}")
            used = set(re.findall(r"\$\{?(\w+)\}?", target["expr"])) - {"__rate_interval", "__range"}
            check(used <= variables, "a variable that is none", panel["title"], used)
            exprs.append(target["expr"])
    exprs += [re.fullmatch(r"label_values\((.*), (\w+)\)", v["definition"])[1]
              for v in dashboard["templating"]["list"] if v["type"] == "query"]
    check(len(exprs) > 50, "few queries", len(exprs))
    equal({e: u for e in exprs if (u := undocumented(e, rows))}, {}, "metrics that there are none of")
    with World() as w:
        w.run(three(w, w.receiver()))
        settle(w)
        p = w.ends(Prometheus(w, scraping(w)))
        until(lambda: (p.value("count_over_time(midwatch_ready[1m])") or 0) > 3, "some scrapes")
        empty = []
        for expr in exprs:
            said = p.ask("query", query=fill(expr))
            check(said["status"] == "success" and not said.get("warnings"), fill(expr), said)
            if not said["data"]["result"]:
                empty.append(expr)
        # What has no series in a daemon as quiet as this one.
        quiet = re.compile(r"midwatch_slo_(ratio|coverage|burn)|midwatch_push_|left_out| > 0$|_seconds_bucket")
        equal([e for e in empty if not quiet.search(e)], [], "queries that find nothing")


def test_rules__promtool__checks_and_tests_them_and_prometheus_takes_them():
    status, said = promtool("check", "rules", RULES)
    check(status == 0 and "SUCCESS" in said, "promtool check rules", said)
    status, said = promtool("test", "rules", os.path.join(ROOT, "tests/system/prometheus/rules_test.yaml"))
    check(status == 0 and "SUCCESS" in said, "promtool test rules", said)
    with open(RULES, encoding="utf-8") as f:
        text = f.read()
    exprs = re.sub(r"^\s*#.*$|^\s*summary:.*$|^\s*description:.*$", "", text, flags=re.M)
    equal(undocumented(exprs, documented()), [], "metrics that there are none of")
    with World() as w:
        w.run(three(w, w.receiver()))
        settle(w)
        p = w.ends(Prometheus(w, scraping(w)))
        until(lambda: p.series('ALERTS{alertname="ProbeDown",monitor="www"}'), "the rules to see www")
        groups = until(lambda: (g := p.ask("rules")["data"]["groups"]) and all(r["health"] == "ok" for one in g
                                for r in one["rules"]) and g, "every rule to be evaluated")
        check(sum(len(g["rules"]) for g in groups) > 20, "few rules")


# --- pushing ------------------------------------------------------------------------------------

def test_remote_write__to_prometheus__the_same_values_and_what_it_missed_comes_later():
    with World() as w:
        p = w.ends(Prometheus(w, []))
        push = {"remote_write": f"http://127.0.0.1:{p.port}/api/v1/write?key=s3cret-key", "every": "1s",
                "labels": {"site": 'a "quoted" one', "instance": "pushed"}, "headers": {"X-Key": "s3cret-header"}}
        w.run(three(w, w.receiver(), metrics={"histograms": "monitor", "push": [push]}))
        settle(w)
        sel = '{instance="pushed",job="midwatch",site="a \\"quoted\\" one"'
        until(lambda: p.value('midwatch_probe_results_total' + sel + ',monitor="www",verdict="down"}') == 1, "the results")
        scraped = scrape(w)[1]
        for name in ("midwatch_monitors", "midwatch_monitor_state", "midwatch_probe_latency_seconds_bucket",
                     "midwatch_probe_results_total", "midwatch_store_state", "midwatch_build_info"):
            mine = sorted(re.findall(rf"^{name}\{{(.*)\}} (\S+)$", scraped, re.M))
            pushed = p.series(name + sel + "}")
            equal(len(pushed), len(mine), f"series of {name}")
            if name != "midwatch_store_state":
                equal(sum(v for _, v in pushed), sum(float(v) for _, v in mine), f"the sum of {name}")
        until(lambda: metric(w, 'midwatch_push_requests_total{push="1",kind="remote_write",outcome="accepted"}') > 2, "pushes")
        p.stop()
        until(lambda: "does not take the metrics" in w.daemon.log, "a line about it")
        until(lambda: metric(w, 'midwatch_push_backlog_seconds{push="1",kind="remote_write"}') > 3, "a backlog")
        away = time.time() - 2
        p.start()
        until(lambda: "takes the metrics again" in w.daemon.log, "a line about its end", 60)
        until(lambda: p.ask("query", query="midwatch_ready" + sel + "}", time=away)["data"]["result"], "what was missed")
        until(lambda: metric(w, 'midwatch_push_backlog_bytes{push="1",kind="remote_write"}') == 0, "an empty queue")
        equal(metric(w, 'midwatch_push_dropped_series_total{push="1",kind="remote_write"}'), 0, "dropped")
        equal(w.daemon.log.count("does not take the metrics"), 1, "lines about it")
        check("s3cret" not in w.daemon.log + scrape(w)[1], "a secret is shown")


class Ear(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.heard.append((dict(self.headers), body))
        self.send_response(self.server.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Ear)
        self.heard, self.answer = [], 200
        self.url = f"http://127.0.0.1:{self.server_address[1]}/v1/metrics"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()


# ExportMetricsServiceRequest in JSON, as opentelemetry-proto's metrics.proto has it and the OTLP
# specification maps it: what may be there, and of which type. [x]: a list of them.
INT64 = "a 64-bit integer, as a text"
VALUE = {"stringValue": str}
ATTRIBUTES = [{"key": str, "value": VALUE}]
POINT = {"attributes": ATTRIBUTES, "startTimeUnixNano": INT64, "timeUnixNano": INT64}
NUMBER = POINT | {"asInt": INT64, "asDouble": float}
HISTOGRAM = POINT | {"count": INT64, "sum": float, "bucketCounts": [INT64], "explicitBounds": [float]}
METRIC = {"name": str, "description": str, "unit": str, "gauge": {"dataPoints": [NUMBER]},
          "sum": {"dataPoints": [NUMBER], "aggregationTemporality": int, "isMonotonic": bool},
          "histogram": {"dataPoints": [HISTOGRAM], "aggregationTemporality": int}}
REQUEST = {"resourceMetrics": [{"resource": {"attributes": ATTRIBUTES}, "scopeMetrics": [
    {"scope": {"name": str, "version": str}, "metrics": [METRIC]}]}]}


def fits(value, shape, path="$"):
    if isinstance(shape, dict):
        check(isinstance(value, dict) and set(value) <= set(shape), "unknown fields", path, value)
        for key, one in value.items():
            fits(one, shape[key], f"{path}.{key}")
    elif isinstance(shape, list):
        check(isinstance(value, list), "no list", path)
        for i, one in enumerate(value):
            fits(one, shape[0], f"{path}[{i}]")
    elif shape is INT64:
        check(isinstance(value, str) and re.fullmatch(r"-?\d+", value) and abs(int(value)) < 2**63, "no int64", path, value)
    elif shape is float:
        check(isinstance(value, (int, float)) and not isinstance(value, bool), "no number", path, value)
    else:
        check(type(value) is shape, "another type", path, value)


def one_request(body):
    """{name: metric} of a request that is as it should be"""
    said = json.loads(body)
    fits(said, REQUEST)
    metrics = said["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]
    for m in metrics:
        kinds = [k for k in ("gauge", "sum", "histogram") if k in m]
        equal(len(kinds), 1, f"kinds of {m['name']}")
        points = m[kinds[0]]["dataPoints"]
        check(points, "no points", m["name"])
        for p in points:
            check(int(p["timeUnixNano"]) > 1e18, "the time", m["name"])
            check(kinds == ["gauge"] or 0 < int(p["startTimeUnixNano"]) <= int(p["timeUnixNano"]), "the start", m)
            if kinds == ["histogram"]:
                equal(sum(map(int, p["bucketCounts"])), int(p["count"]), f"the count of {m['name']}")
                equal(len(p["bucketCounts"]), len(p["explicitBounds"]) + 1, f"the buckets of {m['name']}")
                equal(p["explicitBounds"], sorted(p["explicitBounds"]), "bounds")
        equal(m.get(kinds[0], {}).get("aggregationTemporality", 2), 2, "the temporality")
    return said["resourceMetrics"][0]["resource"]["attributes"], {m["name"]: m for m in metrics}


def test_otlp__json__fits_the_schema_and_refusals_are_dropped_and_counted():
    with World() as w:
        ear = w.ends(Listener())
        w.run(three(w, w.receiver(), region="fra", metrics={"push": [
            {"otlp": ear.url, "every": "1s", "auth": {"bearer": "s3cret-token"}, "labels": {"site": "a"}}]}))
        settle(w)
        seen = len(ear.heard)
        until(lambda: len(ear.heard) > seen + 1, "a request after the results")
        headers, body = ear.heard[-1]
        equal(headers["Content-Type"], "application/json", "the type")
        equal(headers["Authorization"], "Bearer s3cret-token", "who asks")
        resource, metrics = one_request(body)
        equal({a["key"]: a["value"]["stringValue"] for a in resource},
              {"service.name": "midwatch", "service.instance.id": "fra", "site": "a"}, "the resource")
        types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", scrape(w)[1], re.M))
        equal({n: m for n, m in metrics.items() if {"counter": "sum"}.get(types[n], types[n]) not in m}, {}, "types")
        up = [p for p in metrics["midwatch_probe_results_total"]["sum"]["dataPoints"] if p["asInt"] != "0"]
        equal(len(up), 3, "results")
        equal(metrics["midwatch_probe_lateness_seconds"]["unit"], "s", "the unit")
        ear.answer = 400
        name = 'midwatch_push_requests_total{push="1",kind="otlp",outcome="%s"}'
        until(lambda: metric(w, name % "refused") >= 2, "two refusals")
        check(metric(w, 'midwatch_push_dropped_series_total{push="1",kind="otlp"}') > 100, "dropped")
        equal(w.daemon.log.count("answered 400"), 1, "lines about it")
        ear.answer = 503
        until(lambda: metric(w, name % "retry") >= 2, "two that are tried again")
        ear.answer = 200
        until(lambda: "takes the metrics again" in w.daemon.log, "a line about its end", 60)
        check("s3cret" not in w.daemon.log + scrape(w)[1], "a secret is shown")


def test_otlp__many_monitors__comes_in_whole_pieces():
    with World() as w:
        ear = w.ends(Listener())
        config = three(w, w.receiver(), metrics={"histograms": "monitor", "push": [{"otlp": ear.url, "every": "2s"}]})
        config["slos"] = []
        config["monitors"] = [{"name": f"m{i}", "http": w.target().url if i == 0 else config["monitors"][0]["http"],
                               "interval": "1h"} for i in range(1000)]
        w.run(config)
        until(lambda: len(ear.heard) >= 4, "more than one piece", 60)
        names, count = set(), 0
        for _, body in ear.heard[:4]:
            check(len(body) < 2_000_000, "a large piece", len(body))
            found = one_request(body)[1]
            names |= set(found)
            count += sum(len(m.get("gauge", m.get("sum", m.get("histogram")))["dataPoints"]) for m in found.values())
        check(count > 5000 and "midwatch_monitor_state" in names, "few points", count)


def test_remote_write__without_libsnappy__one_clear_line_and_all_else_works():
    with World() as w:
        folder = os.path.join(w.folder, "lib")
        os.makedirs(folder)
        w.write("no library", "lib/libsnappy.so.1")
        w.run(three(w, w.receiver(), metrics={"push": [{"remote_write": "http://127.0.0.1:1/s3cret"}]}),
              env={"LD_LIBRARY_PATH": folder})
        settle(w)
        check("remote write needs libsnappy.so.1, which is not installed (Debian: libsnappy1v5)" in w.daemon.log, "the line")
        check("s3cret" not in w.daemon.log, "the secret is shown")
        w.daemon.send(signal.SIGHUP)
        until(lambda: "reloaded" in w.daemon.log, "a reload")


# --- limits ---------------------------------------------------------------------------------------

def many(w, n, **changes):
    config = three(w, w.receiver(), **changes)
    url, config["slos"] = config["monitors"][0]["http"], []
    config["monitors"] = [{"name": f"m{i}", "http": url, "interval": "1h", "group": f"g{i % 7}"} for i in range(n)]
    return config


def test_series__more_than_the_limit__the_largest_families_are_left_out_and_named():
    with World() as w:
        w.run(many(w, 200, metrics={"histograms": "monitor", "max_series": 2000}))
        _, text = scrape(w)
        equal(promtool("check", "metrics", text=text), (0, ""), "promtool check metrics")
        out = dict(re.findall(r'^midwatch_metrics_left_out_series\{family="(\w+)"\} (\d+)$', text, re.M))
        equal(out.get("midwatch_probe_latency_seconds"), "3200", "histograms are the first to go")
        for name in out:
            check(f"\n{name}" not in text and f"TYPE {name} " not in text, "left out, and there", name)
        lines = [x for x in text.splitlines() if not x.startswith("#")]
        check(len(lines) <= 2000 + 20, "too many series", len(lines))
        check('midwatch_monitor_up{monitor="m0"' in text or 'midwatch_monitor_state{monitor="m0"' in text, "nothing is left")
        equal(float(re.search(r"^midwatch_metrics_series (\d+)$", text, re.M)[1]),
              len(lines) - len(out) - 3, "the number of series")


def test_scrapes_and_reloads__all_at_once__each_is_answered_and_whole():
    with World() as w:
        ear = w.ends(Listener())
        config = many(w, 600, metrics={"histograms": "monitor", "push": [{"otlp": ear.url, "every": "1s"}]})
        w.run(config)
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            answers = [pool.submit(lambda: w.http("GET", "/metrics")) for _ in range(60)]
            for round in range(6):
                config["monitors"] = config["monitors"][7:]
                config["metrics"] = {"histograms": ["group", "monitor", "none"][round % 3],
                                     "push": [{"otlp": ear.url + f"?{round}", "every": "1s"}] * (round % 2)}
                w.write(config)
                w.daemon.send(signal.SIGHUP)
                until(lambda n=round + 1: metric(w, 'midwatch_reloads_total{result="good"}') == n, "the reload")
            statuses = [a.result()[0] for a in answers]
            check(set(statuses) <= {200, 503} and statuses.count(200) > 10, "answers", statuses)
        status, text = w.http("GET", "/metrics")
        equal((status, promtool("check", "metrics", text=text)), (200, (0, "")), "promtool check metrics")
        steady(w.daemon.alive, "the daemon lives", 1)
        equal(w.daemon.stop(), 0, "the exit status")


if shutil.which("promtool") and shutil.which("prometheus"):
    harness.main(__name__)
else:
    print("ok - prometheus # SKIP neither promtool nor prometheus here")
