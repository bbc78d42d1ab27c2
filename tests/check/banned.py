"""Calls nobody makes here (banned.txt), and words that must not be left in the code."""
import os
import re

from layers import HERE
from tree import blank

LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|^\s*#\s*if\s+0\b")


def complaints(tree):
    with open(os.path.join(HERE, "banned.txt"), encoding="utf-8") as f:
        banned = dict(line.strip().split(": ", 1) for line in f if ": " in line)
    call = re.compile(r"(?<![\w.>])(" + "|".join(map(re.escape, banned)) + r")\s*\(")
    said = []
    for path in tree.files("src", "include", "tests/fuzz", "tests/bench"):
        text = tree.text(path)
        for number, line in enumerate(blank(text).split("\n"), 1):
            m = call.search(line)
            if m and not tree.allows("banned", f"{path} {m[1]}"):
                said.append(f"{path}:{number}: {m[1]}() is banned: {banned[m[1]]}")
        for number, line in enumerate(text.split("\n"), 1):
            m = LEFT_OVER.search(line)
            if m:
                said.append(f"{path}:{number}: left over: {m[0].strip()}")
    return said
