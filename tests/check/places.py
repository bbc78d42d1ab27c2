"""Nothing names the machine or folder it was written on: no absolute home, work or scratch paths."""
import os
import re
import subprocess

SOME_MACHINE = re.compile(r"(?<![\w.$}/-])/(?:work|home/\w+|Users/\w+|root/\.?\w+|workspace)(?=/|\b)")
TEXT = (".c", ".h", ".py", ".sh", ".txt", ".md", ".yaml", ".yml", ".json", ".service", ".1", ".5",
        ".conf", "Makefile", "Dockerfile", "run")


def complaints(tree):
    said = []
    for path in names(tree):
        if not path.endswith(TEXT) or (path.startswith("tests/check/") and "places" in path):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            m = SOME_MACHINE.search(line)
            if m and not tree.allows("places", path):
                said.append(f"{path}:{number}: names a place of one machine: {m[0]}")
    return said


def names(tree):
    if os.path.exists(os.path.join(tree.root, ".git")):
        out = subprocess.run(["git", "-C", tree.root, "ls-files", "-co", "--exclude-standard"],
                             capture_output=True, text=True, check=False)
        if out.returncode == 0:
            return [p for p in out.stdout.splitlines() if os.path.isfile(os.path.join(tree.root, p))]
    return [p for p in tree.files(".", ends=TEXT) if not p.startswith("build")]
