namespace Adjoint.Laws;

/// <summary>What a child process of a test runs: compiles something small, and says how that ended.</summary>
internal static class Program
{
    private static void Main()
    {
        try
        {
            Node x = Input("x", DType.Float32, [3]);
            Console.WriteLine(Running.Run(Running.Of([x], x + 1), [new float[3]])[0]);
        }
        catch (PlatformNotSupportedException e)
        {
            Console.WriteLine($"{e.GetType().Name}: {e.Message}");
        }
    }
}
