#!/usr/bin/env python3
"""The workloads of `compare`, in PyTorch, one thread: prints a line and a JSON record each.

Debian: apt-get install python3-torch; then
    OPENBLAS_NUM_THREADS=1 /usr/bin/python3 benchmarks/peers/pytorch.py [--json FILE]
"""
import json
import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
import torch

torch.set_num_threads(1)


def least(f, seconds=2.0):
    """Seconds per call: the least over runs of about a millisecond each."""
    for _ in range(5):
        f()
    start = time.perf_counter()
    f()
    repeats = max(1, int(1e-3 / max(1e-9, time.perf_counter() - start)))
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(repeats):
            f()
        best = min(best, (time.perf_counter() - start) / repeats)
    return best


def chain(n):
    a, b, c = (torch.rand(n) * 2 - 1 for _ in range(3))
    return lambda: torch.tanh(a * b + c) * a


def mlp_step():
    x, labels = torch.rand(64, 784), torch.randint(0, 10, (64,))
    w1, b1 = torch.randn(784, 128) * 0.05, torch.zeros(128)
    w2, b2 = torch.randn(128, 10) * 0.1, torch.zeros(10)
    parameters = [w1, b1, w2, b2]
    for p in parameters:
        p.requires_grad_()

    def step():
        loss = torch.nn.functional.cross_entropy(torch.relu(x @ w1 + b1) @ w2 + b2, labels)
        grads = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for p, g in zip(parameters, grads):
                p.sub_(g, alpha=0.1)
        return loss

    return step


def main():
    square = torch.rand(1024, 1024)
    cases = [
        ("elementwise", "tanh(a*b+c)*a 4096", chain(4096)),
        ("elementwise", "tanh(a*b+c)*a 4000000", chain(4_000_000)),
        ("softmax", "softmax 1024x1024", lambda: torch.softmax(square, 1)),
        ("gemm", "gemm 1024x1024x1024", lambda: square @ square),
        ("mlp", "sgd step 64x784-128-10, 1 threads", mlp_step()),
    ]
    records = []
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} thread")
    for suite, case, f in cases:
        seconds = least(f)
        records.append({"suite": suite, "case": case, "peer": f"pytorch {torch.__version__}", "peerSeconds": seconds})
        print(f"{suite:12} {case:36} {seconds:12.4g}")
    if len(sys.argv) == 3 and sys.argv[1] == "--json":
        with open(sys.argv[2], "w") as file:
            json.dump(records, file, indent=2)


if __name__ == "__main__":
    main()
