using static Adjoint.Ops;

namespace Adjoint.Benchmarks.AdBench;

/// <summary>A vector in space whose components are nodes of any one shape.</summary>
internal readonly record struct Vector3(Node X, Node Y, Node Z)
{
    public static Vector3 operator +(Vector3 a, Vector3 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static Vector3 operator -(Vector3 a, Vector3 b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static Vector3 operator *(Vector3 a, Node s) => new(a.X * s, a.Y * s, a.Z * s);

    public static Vector3 operator *(Vector3 a, double s) => new(a.X * s, a.Y * s, a.Z * s);

    public static Node Dot(Vector3 a, Vector3 b) => a.X * b.X + a.Y * b.Y + a.Z * b.Z;

    public static Vector3 Cross(Vector3 a, Vector3 b) => new(a.Y * b.Z - a.Z * b.Y, a.Z * b.X - a.X * b.Z, a.X * b.Y - a.Y * b.X);

    /// <summary>Where the condition holds this, elsewhere the other.</summary>
    public static Vector3 Select(Node condition, Vector3 a, Vector3 b) =>
        new(Where(condition, a.X, b.X), Where(condition, a.Y, b.Y), Where(condition, a.Z, b.Z));
}
