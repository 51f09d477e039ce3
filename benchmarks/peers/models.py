#!/usr/bin/env python3
"""Writes the ONNX model of a case: models.py SUITE CASE FILE; ends with 3 for a case that has none.

Weights are initializers, so that a runtime can pack them beforehand. Debian: apt-get install python3-onnx
"""
import re
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

random = np.random.default_rng(1)
FLOAT = TensorProto.FLOAT


class Model:
    """Nodes one after the other; each method returns the name of a result."""

    def __init__(self):
        self.nodes, self.weights, self.inputs = [], [], []

    def input(self, *shape, dtype=FLOAT):
        self.inputs.append(helper.make_tensor_value_info(f"x{len(self.inputs)}", dtype, shape))
        return self.inputs[-1].name

    def constant(self, value):
        self.weights.append(numpy_helper.from_array(value, f"w{len(self.weights)}"))
        return self.weights[-1].name

    def weight(self, *shape, dtype=np.float32):
        return self.constant(((random.random(shape) * 2 - 1) * (1 / shape[0]) ** 0.5).astype(dtype))

    def ints(self, *values):
        return self.constant(np.array(values, np.int64))

    def op(self, name, *inputs, **attributes):
        result = f"y{len(self.nodes)}"
        self.nodes.append(helper.make_node(name, list(inputs), [result], **attributes))
        return result

    def save(self, result, file):
        dtype = self.inputs[0].type.tensor_type.elem_type
        output = helper.make_tensor_value_info(result, dtype, None)
        graph = helper.make_graph(self.nodes, "case", self.inputs, [output], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        save(model, file)


def gemm(g, m, k, n, double):
    number, dtype = (np.float64, TensorProto.DOUBLE) if double else (np.float32, FLOAT)
    return g.op("MatMul", g.input(m, k, dtype=dtype), g.weight(k, n, dtype=number))


def batched(g, count, m, k, n):
    return g.op("MatMul", g.input(count, m, k), g.input(count, k, n))


def chain(g, n):
    a, b, c = (g.input(n) for _ in range(3))
    return g.op("Mul", g.op("Tanh", g.op("Add", g.op("Mul", a, b), c)), a)


def unary(g, name, n):
    x = g.input(n)
    return g.op("Pow", x, g.constant(np.float32(2.4))) if name == "pow 2.4" else g.op(name.capitalize(), x)


def softmax(g, rows, columns):
    return g.op("Softmax", g.input(rows, columns), axis=-1)


def norm(g, x, width):
    return g.op("LayerNormalization", x, g.weight(width), g.weight(width), axis=-1)


def convolution(g, depthwise, size, channels, results, batch, extent=56):
    groups = channels if depthwise else 1
    w = g.weight(results or channels, channels // groups, size, size)
    return g.op("Conv", g.input(batch, channels, extent, extent), w, kernel_shape=[size, size], pads=[size // 2] * 4, group=groups)


def linear(g, x, rows, columns):
    return g.op("Add", g.op("MatMul", x, g.weight(rows, columns)), g.weight(columns))


def transformer(g, batch, tokens, width, heads=8):
    x = g.input(batch, tokens, width)
    n = norm(g, x, width)
    split = lambda order: g.op("Transpose", g.op("Reshape", linear(g, n, width, width), g.ints(batch, tokens, heads, width // heads)), perm=order)
    q, k, v = split([0, 2, 1, 3]), split([0, 2, 3, 1]), split([0, 2, 1, 3])
    scores = g.op("Mul", g.op("MatMul", q, k), g.constant(np.float32((width // heads) ** -0.5)))
    mixed = g.op("Transpose", g.op("MatMul", g.op("Softmax", scores, axis=-1), v), perm=[0, 2, 1, 3])
    y = g.op("Add", x, linear(g, g.op("Reshape", mixed, g.ints(batch, tokens, width)), width, width))
    h = linear(g, norm(g, y, width), width, 4 * width)
    one, half, root = (g.constant(np.float32(v)) for v in (1, 0.5, 2**0.5))
    gelu = g.op("Mul", g.op("Mul", h, g.op("Add", g.op("Erf", g.op("Div", h, root)), one)), half)
    return g.op("Add", y, linear(g, gelu, 4 * width, width))


CASES = [
    ("gemm", r"gemm (\d+)x(\d+)x(\d+)( float64)?(?:, constant b)?", gemm),
    ("gemm", r"(\d+) products (\d+)x(\d+)x(\d+)", batched),
    ("elementwise", r"tanh\(a\*b\+c\)\*a (\d+)", chain),
    ("unary", r"(exp|tanh|sigmoid|log|sin|cos|pow 2.4|erf) (\d+)", unary),
    ("rows", r"softmax fwd (\d+)x(\d+)", softmax),
    ("rows", r"layernorm fwd (\d+)x(\d+)", lambda g, rows, columns: norm(g, g.input(rows, columns), columns)),
    ("convolution", r"(depthwise )?(\d)x\d, (\d+)(?: to (\d+))?, batch (\d+)", convolution),
    ("transformer", r"forward (\d+)x(\d+)x(\d+)", transformer),
]


def main(suite, case, file):
    for pattern_suite, expression, build in CASES:
        found = re.fullmatch(expression, case)
        if pattern_suite == suite and found:
            model = Model()
            result = build(model, *(int(g) if g and g.isdigit() else g for g in found.groups()))
            model.save(result, file)
            return 0
    return 3


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
