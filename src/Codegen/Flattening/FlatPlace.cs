using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Codegen;

/// <summary>A generator's place in unrolled code: coordinates are numbers, and operands are values by element.</summary>
internal sealed class FlatPlace(Body body, KnownValues known, Apply apply, Value[][] x, long[] at, List<string> errors) : IPlace
{
    /// <summary>
    /// Whether something was asked for that only a call knows, such as an operand
    /// at a position that depends on data: then this is no straight-line code.
    /// </summary>
    public bool IsUnknown { get; private set; }

    public TensorType Operand(int input) => apply.Inputs[input].Type;

    public Value Index(DType type, int axis) => body.Constant(type, at[axis]);

    public Value Extent(DType type, Dim dim)
    {
        IsUnknown |= !dim.TryConstant(out long extent);
        return body.Constant(type, extent);
    }

    public Value Element(int input) => x[input][Position(at, Operand(input).Shape)];

    public Value Load(int input, ReadOnlySpan<Value> coordinates)
    {
        var position = new long[coordinates.Length];
        for (int a = 0; a < position.Length; a++)
        {
            if (known[coordinates[a]] is not { } coordinate)
                return Unknown(input);
            position[a] = coordinates[a].Type == DType.Int32 ? (int)coordinate : coordinate;
        }
        int flat = Position(position, Operand(input).Shape);
        return flat >= 0 && flat < x[input].Length ? x[input][flat] : Unknown(input);
    }

    // What is known is folded, its check included.
    public bool HoldsPositions(int input, Dim extent) => false;

    public int Fails(string message)
    {
        string text = $"{message} ({apply.Op.Name} at {apply.Origin})";
        int position = errors.IndexOf(text);
        if (position < 0)
            errors.Add(text);
        return position < 0 ? errors.Count : position + 1;
    }

    private Value Unknown(int input)
    {
        IsUnknown = true;
        return body.Constant(Operand(input).DType, 0);
    }

    private static int Position(long[] at, Shape shape)
    {
        long position = 0;
        for (int a = 0; a < at.Length; a++)
            position = position * shape[a].Constant + at[a];
        return (int)position;
    }
}
