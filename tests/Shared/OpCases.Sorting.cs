using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Order: sorting, the largest few, quantiles.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> Sorting => [.. Sorts(false, ""), .. Sorts(true, ", descending")];

    private static IEnumerable<OpCase> Quantiles =>
    [
        new("median of odd many", x => Median(x[0]), new Operand([3, 5])),
        new("median of even many", x => Median(x[0], 0, keepDims: true), new Operand([6, 2])),
        new("quantile", x => Quantile(x[0], 0.3), new Operand([3, 7])),
        new("quantile at the end", x => Quantile(x[0], 1, 0), new Operand([4])),
        new("quantile along a symbol", x => Quantile(x[0], 0.6, 0), new Operand([5, 3])) { RowSymbol = "rows" },
    ];

    private static OpCase[] Sorts(bool descending, string way) =>
    [
        new($"sort{way}", x => Sort(x[0], descending: descending), new Operand([3, 7], -9, 9)) { DTypes = Numbers },
        new($"sort of columns{way}", x => Sort(x[0], 0, descending), new Operand([9, 4], -9, 9)) { DTypes = Numbers },
        new($"sort of long lines{way}", x => Sort(x[0], 1, descending), new Operand([2, 301, 2], -40, 40)) { DTypes = Numbers },
        new($"sort of nothing{way}", x => Sort(x[0], -1, descending), new Operand([3, 0])) { DTypes = Numbers },
        new($"sort of one{way}", x => Sort(x[0], -1, descending), new Operand([1])) { DTypes = Numbers },
        new($"argsort with ties{way}", x => ArgSort(x[0], -1, descending),
            new Operand([3, 100], -3, 3)) { DTypes = Integers, Differentiable = false },
        new($"argsort with ties of floats{way}", x => ArgSort(Round(x[0]), 0, descending),
            new Operand([33, 2], -3, 3)) { Differentiable = false },
        new($"sort along a symbol{way}", x => Sort(x[0], 0, descending),
            new Operand([19, 3], -9, 9)) { DTypes = Numbers, RowSymbol = "rows" },
        new($"sort of rows that a symbol counts{way}", x => Sort(x[0], 1, descending),
            new Operand([5, 13], -9, 9)) { DTypes = Numbers, RowSymbol = "rows" },
        new($"top-k{way}", x => TopK(x[0], 3, 0, descending).Values, new Operand([8, 3], -9, 9)) { DTypes = Numbers },
        new($"top-k, positions{way}", x => TopK(Round(x[0]), 3, -1, descending).Positions,
            new Operand([4, 8], -3, 3)) { Differentiable = false },
    ];
}
