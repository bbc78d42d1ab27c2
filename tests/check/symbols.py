"""Pure rooms stay pure: what their objects refer to, by `nm`, must be known to be harmless."""
import os
import re
import subprocess
import tempfile

from layers import HERE, Table
from tree import blank, room_of

# What compilers put in by themselves.
INSTRUMENTS = re.compile(r"^(__asan_|__ubsan_|__sanitizer_|__sanitize|__tsan_|__gcov_|__llvm_|"
                         r"__sancov_|__start___sancov|__stop___sancov|_GLOBAL_OFFSET_TABLE_)")


def harmless():
    with open(os.path.join(HERE, "pure.txt"), encoding="utf-8") as f:
        return {word for line in f if not line.startswith("#") for word in line.split()}


def plain(name):
    """What the source said: __snprintf_chk and __isoc99_sscanf are snprintf and sscanf."""
    m = re.match(r"__(?:isoc\d\d_)?(\w+?)(?:_chk)?$", name)
    return m[1] if m and (name.endswith("_chk") or name.startswith("__isoc")) else name


def declared(tree):
    """What the headers promise, for functions whose source is not built: name -> room"""
    home = {}
    for path in tree.files("include"):
        for m in re.finditer(r"\b([a-z]\w+)\(", blank(tree.text(path))):
            home.setdefault(m[1], room_of(path))
    return home


def table_of(objects):
    """object -> (defined, undefined) names"""
    out = subprocess.run(["nm", "-A", "-P", *objects], capture_output=True, text=True, check=True).stdout
    names = {o: (set(), set()) for o in objects}
    for line in out.splitlines():
        path, _, rest = line.partition(": ")
        name, kind = rest.split()[:2]
        if kind in "Uw":
            names[path][1].add(plain(name))
        elif kind.isupper():
            names[path][0].add(name)
    return names


def compile_small(tree, folder):
    """The bad tree has no build: make its objects here."""
    made = []
    for path in tree.files("src", ends=(".c",)):
        obj = os.path.join(folder, path[:-2] + ".o")
        os.makedirs(os.path.dirname(obj), exist_ok=True)
        subprocess.run(["cc", "-c", "-o", obj, os.path.join(tree.root, path)], check=True)
        made.append(obj)
    return made


def complaints(tree):
    if tree.obj is None:
        with tempfile.TemporaryDirectory() as folder:
            return judge(tree, folder, compile_small(tree, folder))
    sources = tree.files("src", ends=(".c",))
    objects = [os.path.join(tree.obj, s[:-2] + ".o") for s in sources]
    built = [o for o in objects if os.path.exists(o)]
    if not built:
        return ["no objects to look at: run `make` first" for _ in sources[:1]]
    return judge(tree, tree.obj, built)


def judge(tree, folder, objects):
    table, fine, names, said = Table(), harmless(), table_of(objects), []
    path_of = {o: os.path.relpath(o, folder)[:-2] + ".c" for o in objects}
    home = declared(tree)
    home |= {name: room_of(path_of[o]) for o in objects for name in names[o][0]}
    for obj in objects:
        path = path_of[obj]
        room = room_of(path)
        if room not in table.pure:
            continue
        for name in sorted(names[obj][1]):
            if name in fine or INSTRUMENTS.match(name) or home.get(name) in table.may[room] \
                    or any(name.startswith(p) for p in table.symbols.get(room, [])) \
                    or tree.allows("symbols", f"{path} {name}"):
                continue
            what = f"{name}() of room {home[name]}" if name in home else f"{name}()"
            said.append(f"{path}:1: a pure room must not call {what}")
    return said
