"""Nothing too big: functions, files, parameters, lines.

A callback and the `void *arg` that goes with it count as one parameter; the `struct err *` that
comes last in whatever can fail counts as none."""
import os
import re

from tree import blank

FUNCTION, FILE, PARAMETERS, COLUMNS = 60, 600, 5, 100


def functions(text):
    """(first line, name, parameters, last line) of each function: `{` and `}` stand in column 0."""
    lines = blank(text).split("\n")
    start = None
    for number, line in enumerate(lines, 1):
        if line.startswith("{") and start is None:
            head, first = signature(lines, number - 2)
            m = re.search(r"(\w+)\s*\(", head)
            if m and not re.search(r"[=;]", head):
                start = (first + 1, m[1], parameters(head[m.end():]))
        elif line.startswith("}") and start:
            yield start[0], start[1], start[2], number
            start = None


def signature(lines, at):
    """The lines above `{` up to an empty line, `;`, `}` or a directive."""
    first = at
    while first > 0 and lines[first - 1].strip() and not re.search(r"[;}]\s*$|^#", lines[first - 1]):
        first -= 1
    return " ".join(lines[first:at + 1]), first


def parameters(tail):
    """How many are there, in `int a, int (*f)(int, int))`?"""
    depth, commas, inside = 1, 0, ""
    for c in tail:
        depth += (c == "(") - (c == ")")
        if depth == 0:
            break
        commas += c == "," and depth == 1
        inside += c
    if inside.strip() in ("", "void"):
        return 0
    pairs = len(re.findall(r"(?:_fn \*\w+|\(\*\w+\)\([^()]*\)|_events \*\w+|_app \*\w+),\s*void \*", inside))
    return commas + 1 - pairs - bool(re.search(r"struct err \*\w+\s*$", inside))


def complaints(tree):
    said = []

    def over(path, number, subject, what, n, limit):
        if n > limit and not tree.allows("sizes", subject):
            said.append(f"{path}:{number}: {what} {n} is over {limit}")

    for path in tree.files("src", "include", "tests"):
        if "/bad/" in path and not tree.root.endswith("sizes"):
            continue
        text = tree.text(path)
        over(path, 1, path, "lines in a file:", text.count("\n"), FILE)
        for number, line in enumerate(text.split("\n"), 1):
            if path.startswith(("src/", "include/")):
                over(path, number, f"{path} columns", "columns:", len(line), COLUMNS)
        for first, name, count, last in functions(text):
            over(path, first, name, f"lines in {name}():", last - first + 1, FUNCTION)
            over(path, first, name, f"parameters of {name}():", count, PARAMETERS)
        if path.startswith("include/"):
            for m in re.finditer(r"^[\w *]+?\b(\w+)\(([^;{]*)\)[^;{]*;", blank(text), re.M):
                number = text.count("\n", 0, m.start()) + 1
                over(path, number, m[1], f"parameters of {m[1]}():",
                     parameters(m[2] + ")"), PARAMETERS)
    return said
