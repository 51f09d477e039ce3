"""The protocol between the runner and a peer in Python; benchmarks/Compare/Peer.cs describes it.

Sizes stand in the names of cases, so that they are stated once, in the suites of the runner.
"""
import re
import sys
import time

TWO = ", 2 threads"
PIECE = 0.4e-3  # seconds that are timed at once, for the clock's own cost to drown


def least(f, seconds):
    """Seconds per call: the least over pieces that are long enough for the clock."""
    repeats, best, end = 1, float("inf"), time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        for _ in range(repeats):
            f()
        stop = time.perf_counter()
        if stop - start < PIECE:
            repeats = 1 + int(1.2 * repeats * PIECE / max(1e-9, stop - start))
            continue
        best = min(best, (stop - start) / repeats)
        if stop > end:
            return best


def prepared(patterns, suite, case, threads):
    """What to time, or None. patterns: (suite, expression, maker), a maker being called with the groups, digits as numbers."""
    two = case.endswith(TWO)
    for pattern_suite, expression, make in patterns:
        found = re.fullmatch(expression, case.removesuffix(TWO))
        if pattern_suite == suite and found and (threads or not two):
            if threads:
                threads(2 if two else 1)
            return make(*(int(g) if g and g.isdigit() else g for g in found.groups()))
    return None


def answer(request, rest, patterns, threads, state):
    if request == "open":
        state["call"] = prepared(patterns, *rest.split("\t"), threads)
        for _ in range(3 if state["call"] else 0):
            state["call"]()
        return "ok" if state["call"] else "unknown"
    if request == "time":
        return repr(least(state["call"], float(rest)))
    state["call"] = None
    return "ok"


def serve(name, patterns, threads=None):
    """Answers until input ends; threads: sets their number, absent where the peer knows one only."""
    print(f"ready {name}", flush=True)
    state = {}
    for line in sys.stdin:
        request, _, rest = line.rstrip("\n").partition(" ")
        try:
            print(answer(request, rest, patterns, threads, state), flush=True)
        except Exception as problem:
            print(f"error {type(problem).__name__}: {problem}".replace("\n", " "), flush=True)
