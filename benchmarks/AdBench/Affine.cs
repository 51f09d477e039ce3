using static Adjoint.Ops;

namespace Adjoint.Benchmarks.AdBench;

/// <summary>An affine map of space as columns: images of the three axes, and of the origin.</summary>
internal readonly record struct Affine(Vector3 X, Vector3 Y, Vector3 Z, Vector3 Origin)
{
    /// <summary>A map known in advance: a [4, 4] matrix row by row, whose last row is 0 0 0 1.</summary>
    public static Affine Of(double[] matrix) => new(ColumnOf(matrix, 0), ColumnOf(matrix, 1), ColumnOf(matrix, 2), ColumnOf(matrix, 3));

    /// <summary>The four columns.</summary>
    public Vector3[] Columns => [X, Y, Z, Origin];

    /// <summary>This map after one that is known in advance.</summary>
    public Affine After(double[] matrix) =>
        new(Image(matrix, 0), Image(matrix, 1), Image(matrix, 2), Image(matrix, 3) + Origin);

    /// <summary>This map after a turn about the first axis.</summary>
    public Affine AfterTurnX(Node angle)
    {
        Node cos = Cos(angle), sin = Sin(angle);
        return this with { Y = Y * cos + Z * sin, Z = Z * cos - Y * sin };
    }

    /// <summary>This map after a turn about the third axis.</summary>
    public Affine AfterTurnZ(Node angle)
    {
        Node cos = Cos(angle), sin = Sin(angle);
        return this with { X = X * cos + Y * sin, Y = Y * cos - X * sin };
    }

    /// <summary>A linear map after this one.</summary>
    public Affine Then(Vector3 x, Vector3 y, Vector3 z)
    {
        Vector3 Image(Vector3 v) => x * v.X + y * v.Y + z * v.Z;
        return new(Image(X), Image(Y), Image(Z), Image(Origin));
    }

    private Vector3 Image(double[] matrix, int column) => X * matrix[column] + Y * matrix[4 + column] + Z * matrix[8 + column];

    private static Vector3 ColumnOf(double[] matrix, int column) => new(
        Constant(matrix[column]), Constant(matrix[4 + column]), Constant(matrix[8 + column]));
}
