namespace Adjoint.Benchmarks.AdBench;

/// <summary>A hand at rest: bones, and vertices that follow them.</summary>
internal sealed class HandModel
{
    private readonly Dictionary<int, (double[] Position, (int Bone, double Weight)[] Bones)> vertices = [];

    public HandModel(string folder)
    {
        var file = new NumberReader(Path.Combine(folder, "bones.txt"));
        var bones = new List<Bone>();
        while (file.HasMore)
        {
            file.Word();
            bones.Add(new(file.Int32(), file.Doubles(16), file.Doubles(16)));
        }
        Bones = [.. bones];
        ReadVertices(new(Path.Combine(folder, "vertices.txt")));
        var triangles = new NumberReader(Path.Combine(folder, "triangles.txt"));
        var corners = new List<int>();
        while (triangles.HasMore)
            corners.Add(triangles.Int32());
        Triangles = [.. corners];
    }

    /// <summary>A bone: its parent (-1: none), its place relative to it, and the inverse of its place in space, both [4, 4].</summary>
    internal sealed record Bone(int Parent, double[] Relative, double[] InverseAbsolute);

    public Bone[] Bones { get; }

    /// <summary>Three vertices each.</summary>
    public int[] Triangles { get; }

    /// <summary>
    /// What a vertex takes from the columns of all bones' transforms, [4 bones]: <c>weight of the bone * (x, y, z, 1)</c>. Its place is
    /// the product with the transforms, [4 bones, 3].
    /// </summary>
    public double[] Shares(int vertex)
    {
        var (position, bones) = vertices[vertex];
        var shares = new double[4 * Bones.Length];
        foreach (var (bone, weight) in bones)
            for (int i = 0; i < 4; i++)
                shares[4 * bone + i] = weight * (i < 3 ? position[i] : 1);
        return shares;
    }

    private void ReadVertices(NumberReader file)
    {
        const int skipped = 5;
        while (file.HasMore)
        {
            var position = file.Doubles(3);
            file.Doubles(skipped);
            var bones = new (int, double)[file.Int32()];
            for (int i = 0; i < bones.Length; i++)
                bones[i] = (file.Int32(), file.Double());
            vertices.Add(vertices.Count, (position, bones));
        }
    }
}
