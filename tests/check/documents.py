"""Documents keep step: what the program can do is described, what is generated is fresh."""


def complaints(tree):
    return []
