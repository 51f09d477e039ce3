#!/usr/bin/env python3
"""NumPy beside the runner, one thread, results written in place.

Debian: apt-get install python3-numpy
"""
import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np

import peer

random = np.random.default_rng(1)


def rand(*shape, dtype=np.float32):
    return (random.random(shape, dtype=dtype) * 2 - 1).astype(dtype)


def product(a, b):
    c = a @ b
    return lambda: np.matmul(a, b, out=c)


def gemm(m, k, n, double):
    dtype = np.float64 if double else np.float32
    return product(rand(m, k, dtype=dtype), rand(k, n, dtype=dtype))


def batched(count, m, k, n):
    return product(rand(count, m, k), rand(count, k, n))


def chain(n):
    a, b, c, y = rand(n), rand(n), rand(n), np.empty(n, np.float32)

    def run():
        np.multiply(a, b, out=y)
        np.add(y, c, out=y)
        np.tanh(y, out=y)
        np.multiply(y, a, out=y)

    return run


def unary(name, n):
    x, y = rand(n), np.empty(n, np.float32)
    if name in ("log", "log1p", "pow 2.4"):
        x = 2 + np.float32(1.9) * x
    if name == "pow 2.4":
        return lambda: np.power(x, np.float32(2.4), out=y)
    f = getattr(np, name)
    return lambda: f(x, out=y)


def softmax(rows, columns):
    x, y = rand(rows, columns), np.empty((rows, columns), np.float32)

    def run():
        np.subtract(x, x.max(1, keepdims=True), out=y)
        np.exp(y, out=y)
        np.divide(y, y.sum(1, keepdims=True), out=y)

    return run


if __name__ == "__main__":
    peer.serve(f"numpy {np.__version__}", [
        ("gemm", r"gemm (\d+)x(\d+)x(\d+)( float64)?", gemm),
        ("gemm", r"(\d+) products (\d+)x(\d+)x(\d+)", batched),
        ("elementwise", r"tanh\(a\*b\+c\)\*a (\d+)", chain),
        ("unary", r"(exp|tanh|log|sin|cos|pow 2.4|expm1|log1p) (\d+)", unary),
        ("rows", r"softmax fwd (\d+)x(\d+)", softmax),
    ])
