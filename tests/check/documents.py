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
METRICS = "docs/*.md"
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


def metrics(tree):
    found = {}
    for path in tree.files("src", ends=(".c",)):
        text = tree.text(path)
        for m in re.finditer(r"\b(midwatch_[a-z][a-z0-9_]*[a-z0-9])\b", text):
            found.setdefault(re.sub(r"_(sum|count|bucket)$", "", m[1]), f"{path}:{text.count(chr(10), 0, m.start()) + 1}")
    return found


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
            + described(tree, metrics(tree), METRICS, "metric")
            + described(tree, words(tree), WORDS, "word")
            + stale(tree))
