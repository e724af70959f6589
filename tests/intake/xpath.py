# SPDX-License-Identifier: Apache-2.0
"""The little of XPath that our form uses, evaluated on its answers: an independent reading of what a tablet would do."""

import re

TOKEN = re.compile(
    r"\s*(?:(?P<string>'[^']*')|(?P<number>\d+)|(?P<ref>\$\{[a-z_0-9]+\})|(?P<op><=|>=|!=|[=<>+()\[\],/])"
    r"|(?P<name>[a-z][a-z_0-9-]*)|(?P<dot>\.\.?))"
)


def tokens(text):
    found, at = [], 0
    while at < len(text.rstrip()):
        match = TOKEN.match(text, at)
        assert match, f"not understood: {text[at:]}"
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return [*found, ("end", "")]


class Reading:
    """One expression. `lookup(name)` gives a field's value as seen from there, or a repeat's rounds as a list of dicts;
    `here` is the value of ".", `position` the number of the round.
    """

    def __init__(self, text, lookup, here="", position=0):
        self.left, self.lookup, self.here, self.position = tokens(text), lookup, here, position

    def value(self):
        found = self.either()
        assert self.left == [("end", "")], self.left
        return found

    def next(self, *wanted):
        if self.left[0][1] in wanted and self.left[0][0] != "string":
            return self.left.pop(0)[1]
        return None

    def need(self, word):
        assert self.next(word), (word, self.left[:3])

    def either(self):
        found = self.both()
        while self.next("or"):
            other = self.both()
            found = bool(found) or bool(other)
        return found

    def both(self):
        found = self.compared()
        while self.next("and"):
            other = self.compared()
            found = bool(found) and bool(other)
        return found

    def compared(self):
        found = self.summed()
        sign = self.next("=", "!=", "<", "<=", ">", ">=")
        if sign is None:
            return found
        other = self.summed()
        if sign in {"=", "!="}:
            assert type(found) is type(other), (found, other)
            return (found == other) == (sign == "=")
        return {"<": found < other, "<=": found <= other, ">": found > other, ">=": found >= other}[sign]

    def summed(self):
        found = self.one()
        while self.next("+"):
            found += self.one()
        return found

    def one(self):
        kind, word = self.left.pop(0)
        if kind == "string":
            return word[1:-1]
        if kind == "number":
            return int(word)
        if word == "(":
            found = self.either()
            self.need(")")
            return found
        if kind == "ref":
            return self.referred(word[2:-1])
        if word == ".":
            return self.here
        assert kind == "name", word
        return self.called(word)

    def referred(self, name):
        found = self.lookup(name)
        if not self.next("["):
            return found
        for word in ("position", "(", ")", "="):
            self.need(word)
        number = self.either()
        self.need("]")
        self.need("/")
        field = self.left.pop(0)[1]
        return found[number - 1].get(field, "") if 0 < number <= len(found) else ""

    def called(self, function):
        self.need("(")
        if function == "position":
            assert self.left.pop(0)[1] == ".."
            self.need(")")
            return self.position
        given = []
        while not self.next(")"):
            given.append(self.either())
            self.next(",")
        if function == "if":
            return given[1] if given[0] else given[2]
        known = {"not": lambda a: not a, "count": len, "count-selected": lambda a: len(a.split())}
        known |= {"selected": lambda a, b: b in a.split(), "true": lambda: True, "false": lambda: False}
        return known[function](*given)
