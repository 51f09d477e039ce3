namespace Adjoint.Tests;

/// <summary>
/// Texts that were read and found right once. Run tests with
/// ADJOINT_GOLDEN=write to take over new ones, and read the difference.
/// </summary>
internal static class Golden
{
    public static void Check(string name, string actual)
    {
        string path = Repository.PathOf("tests", "Codegen.Tests", "Dot", "Golden", name + ".dot");
        if (Environment.GetEnvironmentVariable("ADJOINT_GOLDEN") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
