using System.Globalization;
using System.Text.Json;

namespace Digits;

/// <summary>What a run measured.</summary>
/// <param name="TestAccuracy">Share of held-out images that the trained network gets right.</param>
/// <param name="FinalLoss">Mean training loss of the last epoch.</param>
/// <param name="CompileMs">Milliseconds to compile the training step in a warm process, kernel cache empty.</param>
/// <param name="StepUs">Microseconds of a typical step.</param>
/// <param name="AllocatedBytesPerStep">Bytes that a step allocates once the first epoch is over.</param>
internal sealed record Figures(double TestAccuracy, double FinalLoss, double CompileMs, double StepUs, double AllocatedBytesPerStep)
{
    private static readonly JsonSerializerOptions Format =
        new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public string ToJson() => JsonSerializer.Serialize(this, Format) + "\n";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"test accuracy {TestAccuracy:0.0000}, final loss {FinalLoss:0.00000}; compiled in {CompileMs:0.0} ms, " +
        $"{StepUs:0.0} us a step, {AllocatedBytesPerStep:0.##} bytes allocated a step");
}
