"""Documents keep step with the program: what is generated is fresh, what can be done is described.

By the tables in the sources, so that nothing has to be started: commands (`struct command` of
src/cli), web routes, families of /metrics, words of an incident's record. The generated documents are compared with what
the program prints now, when it has been built (MIDWATCH)."""
import glob
import os
import re
import subprocess

MANUAL = "docs/midwatch.1"
API = "docs/api.md"
METRICS = "docs/metrics.md"
WORDS = "docs/escalation.md"


def described(tree, things, document, what):
    """things: {name: where it is defined}"""
    if not things:
        return []
    paths = glob.glob(document, root_dir=tree.root)
    if not paths:
        return [f"{document}:1: is missing; {len(things)} {what}s are not described"]
    text = "".join(map(tree.text, sorted(paths))).replace("\\-", "-").replace("\\&", "")
    return [f"{where}: {what} {name} is not described in {document}" for name, where in things.items()
            if not re.search(r"(?<![\w-])" + re.escape(name) + r"(?![\w-])", text)]


def commands(tree):
    found = {}
    for path in tree.files("src/cli", ends=(".c",)):
        text = tree.text(path)
        for m in re.finditer(r"struct command \w+ = \{\s*\.name = \"([\w-]+)\"(.*?)\n\};", text, re.S):
            if ".hidden = true" not in m[2]:
                found[m[1]] = f"{path}:{text.count(chr(10), 0, m.start()) + 1}"
    return found


# A family: {"midwatch_x_total", METRIC_COUNTER, "What it tells."}
FAMILY = re.compile(r'\{\s*"((?:midwatch|process)_\w+)",\s*METRIC_(\w+),\s*"((?:[^"\\]|\\.|"\s*")*)"\s*\}')


def families(tree):
    """{name: (type, help, place)}, and what is wrong with one by itself"""
    found, wrong = {}, []
    for path in tree.files("src", ends=(".c",)):
        text = tree.text(path)
        for m in FAMILY.finditer(text):
            place = f"{path}:{text.count(chr(10), 0, m.start()) + 1}"
            name, kind = m[1], m[2].lower()
            if name in found:
                wrong.append(f"{place}: metric {name} is also at {found[name][2]}")
            if (kind == "counter") != name.endswith("_total") or (kind == "info") != name.endswith("_info"):
                wrong.append(f"{place}: metric {name} is no name of a {kind}")
            if "\\" in m[3]:
                wrong.append(f"{place}: metric {name} has a help that would have to be escaped")
            found.setdefault(name, (kind, m[3], place))
    return found, wrong


def metrics(tree):
    """families and the rows of the document, both ways, with their types"""
    found, wrong = families(tree)
    rows = {}
    if os.path.exists(os.path.join(tree.root, METRICS)):
        rows = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", tree.text(METRICS), re.M))
    for name, (kind, _, place) in found.items():
        if name not in rows:
            wrong.append(f"{place}: metric {name} is not described in {METRICS}")
        elif rows[name] != kind:
            wrong.append(f"{place}: metric {name} is a {kind}, not a {rows[name]} as in {METRICS}")
    return wrong + [f"{METRICS}:1: metric {name} is described and not there" for name in rows if name not in found]


def routes(tree):
    found = {}
    for path in tree.files("src/web", ends=(".c",)):
        text = tree.text(path)
        for m in re.finditer(r'"(/(?:api/v1/[a-z]+|healthz|readyz|metrics))', text):
            found.setdefault(m[1], f"{path}:{text.count(chr(10), 0, m.start()) + 1}")
    return found


def words(tree):
    """what a transition of an incident can lead to"""
    found = {}
    for path in tree.files("src/incident", "src/engine", ends=(".c",)):
        text = tree.text(path)
        for m in re.finditer(r'(?:\bcase_record\((?:[^,]+,){3}|\brecord\(c, k,)\s*"([a-z]+)"', text):
            found.setdefault(f"`{m[1]}`", f"{path}:{text.count(chr(10), 0, m.start()) + 1}")
    return found


def stale(tree):
    program = os.environ.get("MIDWATCH", "")
    if tree.obj is None or not os.access(program, os.X_OK):
        return []
    return subprocess.run(["tests/tools/documents.sh", "--check", program], cwd=tree.root,
                          capture_output=True, text=True, check=False).stdout.splitlines()


def complaints(tree):
    return (described(tree, commands(tree), MANUAL, "command")
            + described(tree, routes(tree), API, "route")
            + metrics(tree)
            + described(tree, words(tree), WORDS, "word")
            + stale(tree))
