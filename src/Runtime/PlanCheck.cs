using System.Collections.Immutable;

namespace Adjoint.Runtime;

/// <summary>Whether the parts of a plan fit together. Kernels write through raw addresses, so this is asked before the
/// first run and not during it.</summary>
internal sealed class PlanCheck(
    ImmutableArray<Step> steps,
    ImmutableArray<bool> inlineExternals,
    long arenaBytes,
    ImmutableArray<NativeBuffer> constants,
    ParameterStore? store,
    ImmutableArray<ParameterBuffer> parameters)
{
    /// <exception cref="ArgumentException">They do not; the message names the step.</exception>
    public void Run()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(arenaBytes);
        Require(parameters.IsEmpty || store is not null, "parameters need a store");
        foreach (var parameter in parameters)
            Require(store!.Owns(parameter), $"parameter '{parameter.Name}' belongs to another store");

        bool committing = false;
        for (int i = 0; i < steps.Length; i++)
        {
            CheckStep(i, committing);
            committing |= steps[i].Commits;
        }
        Require(!committing || !parameters.IsEmpty, "a commit step needs parameters to commit to");
    }

    private void CheckStep(int i, bool committing)
    {
        var step = steps[i];
        string where = $"step {i} ({step.Name})";
        Require(step.Commits || !committing, $"{where} computes after a commit step");
        Require(!step.Beside || (i > 0 && steps[i - 1].Commits == step.Commits),
            $"{where} has no step of its kind before it to run beside");
        Require(step.Range >= 0 && step.Grain >= 1, $"{where} has range {step.Range} and grain {step.Grain}");
        for (int word = 0; word < step.Args.Length; word++)
            Require(Fits(step.Args[word]), $"{where}: word {word}, {step.Args[word]}, points outside the plan");
    }

    private bool Fits(ArgWord word) => word.Kind switch
    {
        ArgKind.Arena => Within(word.Value, arenaBytes),
        ArgKind.External => Within(word.Index, inlineExternals.Length - 1) && word.Value >= 0,
        ArgKind.Parameter => Within(word.Index, parameters.Length - 1) &&
            Within(word.Value, parameters[word.Index].ByteLength),
        ArgKind.Constant => Within(word.Index, constants.Length - 1) &&
            Within(word.Value, constants[word.Index].ByteLength),
        _ => true,
    };

    // An offset may stand at the very end: an empty slice has an address too.
    private static bool Within(long value, long last) => value >= 0 && value <= last;

    private static void Require(bool holds, string problem)
    {
        if (!holds) throw new ArgumentException($"Plan: {problem}.");
    }
}
