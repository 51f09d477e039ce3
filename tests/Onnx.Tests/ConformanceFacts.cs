using Adjoint.OnnxConformance;

namespace Adjoint.Onnx.Tests;

/// <summary>What the ONNX project and others expect, through compiled code.</summary>
public class ConformanceFacts
{
    [SkippableFact]
    public void Node_tests_pass_and_gradients_agree()
    {
        var report = SharedData.Run("onnx-node", "onnx-node-grad");
        Assert.Multiple(
            () => AtLeast(report, 1, 1), () => AtLeast(report, 2, 1), () => AtLeast(report, 3, 1),
            () => GradientsPass(report, 1),
            () => Assert.False(report.HasFailures, SharedData.Text(report)));
    }

    [SkippableFact]
    public void Models_pass_and_their_gradients_agree()
    {
        var report = SharedData.Run("onnx-models");
        Assert.All(report.Results.Where(r => r.Test.Counted), r =>
            Assert.True(r.Forward.Verdict == Verdict.Passed, $"{r.Test.Name}: {r.Forward.Reason}"));
        GradientsPass(report, 1);
    }

    private static void AtLeast(Report report, int tier, double share)
    {
        var (passed, all) = report.Score(tier);
        Assert.True(passed >= share * all, $"tier {tier}: {passed} of {all}\n{SharedData.Text(report)}");
    }

    // Of what can be imported; the others count in their tier.
    private static void GradientsPass(Report report, double share)
    {
        var checks = report.Results.SelectMany(r => new[] { r.Single, r.Double }).OfType<Outcome>()
            .Where(o => o.Verdict != Verdict.Unsupported).ToList();
        Assert.NotEmpty(checks);
        Assert.True(checks.Count(o => o.Verdict == Verdict.Passed) >= share * checks.Count, SharedData.Text(report));
    }
}
