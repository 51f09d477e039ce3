using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Constants, fills and questions about shapes.</summary>
internal static class Shapes
{
    public static IEnumerable<Importer> All =>
    [
        One("Constant", Constant), One("ConstantOfShape", ConstantOfShape), One("Shape", ShapeOf),
        One("Size", x => Ops.Extent(x[0].Shape.ElementCount, DType.Int64)),
        One("EyeLike", EyeLike), One("OneHot", OneHot), One("Range", Range),
    ];

    private static Node Constant(OnnxNode x) =>
        x.Tensor("value") is { } tensor ? Ops.Constant(tensor)
        : x.Has("value_float") ? Ops.Scalar(x.Float, x.Number("value_float", 0))
        : x.Has("value_int") ? Ops.Constant(HostTensor.Scalar(x.Int("value_int", 0)))
        : x.Floats("value_floats") is { } floats ? Ops.Constant(Numbers.Tensor(x.Float, [.. floats], floats.Length))
        : x.Ints("value_ints") is { } ints ? Ops.Constant(HostTensor.From(ints.ToArray()))
        : throw x.Unsupported("a constant of strings or sparse values");

    /// <summary>Stays a broadcast scalar, however large.</summary>
    private static Node ConstantOfShape(OnnxNode x)
    {
        var value = x.Tensor("value") is { } tensor ? Ops.Constant(HostTensor.From(tensor.Data, [])) : Ops.Scalar(x.Float, 0);
        return Ops.Fill(Shape.Of(x.Extents(0)), value);
    }

    private static Node ShapeOf(OnnxNode x)
    {
        int rank = x[0].Rank;
        int Clamp(long at) => (int)Math.Clamp(at < 0 ? at + rank : at, 0, rank);
        int start = Clamp(x.Int("start", 0)), end = Clamp(x.Int("end", rank));
        Dim[] extents = [.. x[0].Shape.Skip(start).Take(end - start)];
        return Array.TrueForAll(extents, d => d.IsConstant)
            ? Ops.Constant(HostTensor.From(Array.ConvertAll(extents, d => d.Constant)))
            : Ops.Stack([.. extents.Select(d => Ops.Extent(d, DType.Int64))]);
    }

    private static Node EyeLike(OnnxNode x)
    {
        var dtype = x.Has("dtype") ? x.DTypeOf(x.Int("dtype", 0)) : x[0].DType;
        return x[0].Rank == 2 ? Ops.IdentityMatrix(x[0].Shape[0], x[0].Shape[1], x.Int("k", 0), dtype)
            : throw x.Error($"it takes the shape of a matrix, got {x[0].Shape}");
    }

    // Values are [off, on]; indices may count from the end, and one outside gives a row of off.
    private static Node OneHot(OnnxNode x)
    {
        var depth = x.TryExtents(Ops.Convert(x[1], DType.Int64)) is [var d] ? d : Dim.Of((long)x.KnownScalar(1));
        var indices = Ops.Convert(x[0], DType.Int64);
        int axis = x.Axis(x.Int("axis", -1), indices.Rank + 1);
        Node Value(int at) => Ops.Reshape(Ops.Slice(x[2], 0, at, at + 1), Shape.Scalar);
        return Ops.OneHot(Ops.FromEnd(indices, depth), depth, Value(1), Value(0), axis);
    }

    // Element k is start + k delta with one rounding, never a running sum.
    private static Node Range(OnnxNode x)
    {
        var (start, limit, delta) = (x[0], x[1], x[2]);
        if (start.DType.IsInteger && x.TryExtents(start) is [var from] && x.TryExtents(limit) is [var to]
            && x.TryExtents(delta) is [var step]
            && step == Dim.One && !(to - from).IsConstant)
            return Ops.Range(start, delta, to - from);
        double by = x.KnownScalar(2);
        double count = by == 0
            ? throw x.Error("its step is 0") : Math.Max(Math.Ceiling((x.KnownScalar(1) - x.KnownScalar(0)) / by), 0);
        return count < int.MaxValue ? Ops.Range(start, delta, (long)count) : throw x.Error($"{count} elements are too many");
    }
}
