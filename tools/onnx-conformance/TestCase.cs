namespace Adjoint.OnnxConformance;

/// <summary>How outputs are compared.</summary>
internal enum Compare
{
    /// <summary>Within the tolerance, scaled by 1 + |expected|.</summary>
    Value,

    /// <summary>Equal.</summary>
    Exact,

    /// <summary>Shape and element type only: the operator draws random numbers.</summary>
    Type,
}

/// <summary>A model and one set of inputs and expected outputs.</summary>
/// <param name="Name">Path below the folder of the suite.</param>
/// <param name="Model">The model file.</param>
internal sealed record TestCase(string Name, string Model)
{
    /// <summary>Files of inputs in order; empty where <see cref="Ramp"/> is the input.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Files of expected outputs in order.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Whether the only input is i / n for i = 0 ... n - 1.</summary>
    public bool Ramp { get; init; }

    /// <summary>1 must, 2 should, 3 later; 0 where no index says.</summary>
    public int Tier { get; init; }

    /// <summary>How outputs are compared.</summary>
    public Compare Compare { get; init; }

    /// <summary>The tolerance of values.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>Inputs to bind while the graph is built; null where no index says.</summary>
    public IReadOnlySet<int>? ConstantInputs { get; init; }

    /// <summary>Whether shapes depend on values, so that every input is bound.</summary>
    public bool DataDependent { get; init; }

    /// <summary>Whether failures count: control flow is tried, but is no part of what is promised.</summary>
    public bool Counted { get; init; } = true;

    /// <summary>Files of expected gradients by input.</summary>
    public IReadOnlyDictionary<int, string> Gradients { get; init; } = new Dictionary<int, string>();

    /// <summary>The file of sums over gradients of weights, or null.</summary>
    public string? WeightGradients { get; init; }

    /// <summary>The test that this one spells out in simpler operators: the same path without its suffix.</summary>
    public string? Twin => Name.IndexOf("_expanded", StringComparison.Ordinal) is > 0 and var at ? Name[..at] : null;
}
