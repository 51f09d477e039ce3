#!/usr/bin/env python3
"""PyTorch beside the runner: results written in place, one thread or two, in torch and in its OpenBLAS.

Debian: apt-get install python3-torch
"""
import ctypes
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
import torch
import torch.nn.functional as F

import peer

torch.manual_seed(1)
torch.set_grad_enabled(False)


def threads(n):
    """torch's own threads, and those of the OpenBLAS that it calls, which has a pool of its own."""
    torch.set_num_threads(n)
    try:
        ctypes.CDLL("libopenblas.so.0").openblas_set_num_threads(n)
    except OSError:
        pass


def rand(*shape, dtype=torch.float32):
    return torch.rand(*shape, dtype=dtype) * 2 - 1


def product(a, b):
    c = a @ b
    return lambda: torch.matmul(a, b, out=c)


def gemm(m, k, n, double):
    dtype = torch.float64 if double else torch.float32
    return product(rand(m, k, dtype=dtype), rand(k, n, dtype=dtype))


def batched(count, m, k, n):
    return product(rand(count, m, k), rand(count, k, n))


def chain(n):
    a, b, c, y = rand(n), rand(n), rand(n), torch.empty(n)
    return lambda: torch.addcmul(c, a, b, out=y).tanh_().mul_(a)


POSITIVE = {"log", "log1p", "pow 2.4", "sqrt"}


def unary(name, n):
    x, y = rand(n), torch.empty(n)
    if name in POSITIVE:
        x = 2 + 1.9 * x
    if name == "pow 2.4":
        return lambda: torch.pow(x, 2.4, out=y)
    f = getattr(torch, name)
    return lambda: f(x, out=y)


def with_gradients(f, leaves, ct=None):
    """Forward, and the gradients with respect to leaves of f times ct."""
    for leaf in leaves:
        leaf.requires_grad_()

    def run():
        with torch.enable_grad():
            return torch.autograd.grad(f(), leaves, ct)

    return run


def rows(name, directions, rows, columns):
    x, gamma, beta = rand(rows, columns), rand(columns), rand(columns)
    labels = torch.randint(0, columns, (rows,))
    f, leaves = {
        "softmax": (lambda: torch.softmax(x, 1), [x]),
        "layernorm": (lambda: F.layer_norm(x, (columns,), gamma, beta), [x, gamma, beta]),
        "cross-entropy": (lambda: F.cross_entropy(x, labels), [x]),
    }[name]
    if directions == "fwd":
        return f
    return with_gradients(f, leaves, None if name == "cross-entropy" else rand(rows, columns))


def convolution(depthwise, size, channels, results, batch, gradients, extent=56):
    results = results or channels
    groups = channels if depthwise else 1
    x, w = rand(batch, channels, extent, extent), rand(results, channels // groups, size, size)
    f = lambda: F.conv2d(x, w, padding=size // 2, groups=groups)
    return with_gradients(f, [x, w], rand(batch, results, extent, extent)) if gradients else f


def step(loss, parameters, rate=0.1):
    """A step of gradient descent, parameters updated in place."""
    slopes = with_gradients(loss, parameters)
    return lambda: torch._foreach_add_(parameters, slopes(), alpha=-rate)


def mlp(batch, widths):
    widths = [int(w) for w in widths.split("-")]
    x, labels = rand(batch, widths[0]), torch.randint(0, widths[-1], (batch,))
    weights = [torch.randn(k, n) * (2 / k) ** 0.5 for k, n in zip(widths, widths[1:])]
    biases = [torch.zeros(n) for n in widths[1:]]

    def loss():
        h = x
        for i, (w, b) in enumerate(zip(weights, biases)):
            h = torch.addmm(b, h if i == 0 else torch.relu(h), w)
        return F.cross_entropy(h, labels)

    return step(loss, weights + biases)


def cnn(batch):
    x, labels = rand(batch, 1, 28, 28), torch.randint(0, 10, (batch,))
    c1, c2, w = torch.randn(16, 1, 3, 3) * 0.4, torch.randn(32, 16, 3, 3) * 0.1, torch.randn(32 * 49, 10) * 0.04
    b = torch.zeros(10)

    def loss():
        h = F.max_pool2d(F.relu(F.conv2d(x, c1, padding=1)), 2)
        h = F.max_pool2d(F.relu(F.conv2d(h, c2, padding=1)), 2)
        return F.cross_entropy(torch.addmm(b, h.reshape(batch, -1), w), labels)

    return step(loss, [c1, c2, w, b])


def transformer(what, batch, tokens, width, heads=8):
    """Rows normalised before attention and before the perceptron, as the suite's block."""
    x = rand(batch, tokens, width)
    glorot = lambda *shape: rand(*shape) * (6 / sum(shape)) ** 0.5
    qkv, out, up, down = glorot(3 * width, width), glorot(width, width), glorot(4 * width, width), glorot(width, 4 * width)
    biases = [torch.zeros(n) for n in (3 * width, width, 4 * width, width)]
    norms = [torch.ones(width), torch.zeros(width), torch.ones(width), torch.zeros(width)]

    def forward():
        n = F.layer_norm(x, (width,), norms[0], norms[1])
        q, k, v = F.linear(n, qkv, biases[0]).view(batch, tokens, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        p = torch.softmax(q @ k.transpose(-1, -2) * (width // heads) ** -0.5, -1)
        y = x + F.linear((p @ v).transpose(1, 2).reshape(batch, tokens, width), out, biases[1])
        n = F.layer_norm(y, (width,), norms[2], norms[3])
        return y + F.linear(F.gelu(F.linear(n, up, biases[2])), down, biases[3])

    return forward if what == "forward" else step(lambda: forward().square().mean(), [qkv, out, up, down, *biases, *norms], 0.01)


if __name__ == "__main__":
    peer.serve(f"pytorch {torch.__version__}", [
        ("gemm", r"gemm (\d+)x(\d+)x(\d+)( float64)?", gemm),
        ("gemm", r"(\d+) products (\d+)x(\d+)x(\d+)", batched),
        ("elementwise", r"tanh\(a\*b\+c\)\*a (\d+)", chain),
        ("unary", r"(exp|tanh|sigmoid|log|sin|cos|pow 2.4|erf|expm1|log1p) (\d+)", unary),
        ("rows", r"(softmax|layernorm|cross-entropy) (fwd|fwd\+bwd) (\d+)x(\d+)", rows),
        ("softmax", r"(softmax) (\d+)x(\d+)", lambda name, *sizes: rows(name, "fwd", *sizes)),
        ("convolution", r"(depthwise )?(\d)x\d, (\d+)(?: to (\d+))?, batch (\d+)(, with gradients)?", convolution),
        ("mlp", r"sgd step (\d+)x([\d-]+)", mlp),
        ("cnn", r"sgd step mnist, batch (\d+)", cnn),
        ("transformer", r"(forward|sgd step) (\d+)x(\d+)x(\d+)", transformer),
    ], threads)
