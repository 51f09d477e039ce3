using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>The code of the expansions: only primitive, within budget, shared where it can be.</summary>
public class VectorMathCodeTests
{
    /// <summary>
    /// Instructions per function, constants not counted, in float32 and float64. Each costs some 14 us of JIT time
    /// wherever the function is inlined, so growth must be meant.
    /// </summary>
    public static TheoryData<string, int, int> Budgets => new()
    {
        { nameof(Opcode.Exp), 15, 20 },
        { nameof(Opcode.Log), 15, 20 },
        { nameof(Opcode.Expm1), 22, 27 },
        { nameof(Opcode.Log1p), 29, 34 },
        { nameof(Opcode.Sin), 30, 36 },
        { nameof(Opcode.Cos), 29, 35 },
        { nameof(Opcode.Tanh), 26, 31 },
        { nameof(Opcode.Sigmoid), 21, 26 },
        { nameof(Opcode.Erf), 31, 50 },
        { nameof(Opcode.Pow), 92, 101 },
        { nameof(Opcode.Exp2), 13, 18 },
        { nameof(Opcode.Log2), 54, 58 },
        { nameof(Opcode.Log10), 54, 58 },
        { nameof(Opcode.Tan), 36, 34 },
        { nameof(Opcode.Asin), 28, 35 },
        { nameof(Opcode.Acos), 34, 41 },
        { nameof(Opcode.Atan), 34, 40 },
        { nameof(Opcode.Atan2), 56, 62 },
        { nameof(Opcode.Sinh), 28, 36 },
        { nameof(Opcode.Cosh), 15, 20 },
        { nameof(Opcode.Asinh), 53, 51 },
        { nameof(Opcode.Acosh), 48, 46 },
        { nameof(Opcode.Atanh), 47, 45 },
        { nameof(Opcode.Cbrt), 48, 56 },
        { nameof(Opcode.Erfc), 43, 62 },
        { nameof(Opcode.Erfinv), 240, 240 },
        { nameof(Opcode.Erfcinv), 240, 240 },
    };

    [Theory, MemberData(nameof(Budgets))]
    public void Expansions_are_primitive_and_within_budget(string name, int budget32, int budget64)
    {
        foreach (var (type, budget) in new[] { (DType.Float32, budget32), (DType.Float64, budget64) })
        {
            var function = new VectorMathFunction(Enum.Parse<Opcode>(name), type);
            Assert.DoesNotContain(function.Instructions, i => VectorMath.IsMathematical(i.Opcode));
            Assert.True(function.Count <= budget, $"{name} {type}: {function.Count} instructions, budget {budget}");
        }
    }

    [Fact]
    public void Every_mathematical_opcode_has_a_budget_and_a_bound()
    {
        var all = VectorMathFunction.Opcodes.Select(o => o.ToString()).ToHashSet();
        Assert.Equal(all, Budgets.Select(row => (string)((object[])row)[0]).ToHashSet());
        Assert.Equal(all, VectorMathAccuracyTests.Bounds.Select(row => (string)((object[])row)[0]).ToHashSet());
    }

    [Fact]
    public void Sine_and_cosine_of_one_argument_share_reduction_and_polynomials()
    {
        var body = new Body();
        Value x = body.Load(DType.Float32, 0);
        VectorMath.Expand(body, Opcode.Sin, x);
        int sine = body.Instructions.Count;
        VectorMath.Expand(body, Opcode.Cos, x);
        Assert.InRange(body.Instructions.Count - sine, 1, 9);
    }

    [Fact]
    public void Exponentials_of_what_cannot_be_positive_have_no_upper_limit()
    {
        var body = new Body();
        Value x = body.Load(DType.Float64, 0), y = body.Load(DType.Float64, 1);
        Assert.Equal(0, Limits(body.Negate(body.Multiply(x, x))) + Limits(body.Negate(body.Abs(x))));
        Assert.Equal(3, Limits(body.Negate(body.Multiply(x, y))) + Limits(body.Multiply(x, x)) + Limits(x));

        int Limits(Value exponent)
        {
            VectorMath.Expand(body, Opcode.Exp, exponent);
            return body.Instructions.Count(i => i.Opcode is Opcode.Min && i.A == exponent.Id);
        }
    }

    [Fact]
    public void Integers_have_no_exponential()
    {
        var body = new Body();
        Value x = body.Load(DType.Int32, 0);
        var error = Assert.Throws<ArgumentException>(() => VectorMath.Expand(body, Opcode.Exp, x));
        Assert.Contains("int32", error.Message, StringComparison.Ordinal);
    }

    /// <summary>softplus(x) = max(x, 0) + log1p(e^-|x|), computed by the legalised body and found by the map.</summary>
    [Fact]
    public void Legalise_replaces_mathematics_and_maps_every_value()
    {
        var source = new Body();
        Value x = source.Load(DType.Float64, 0), negative = source.Negate(source.Abs(x));
        Value y = source.Add(source.Max(x, source.Zero(x)), source.Log1p(source.Exp(negative)));
        var (body, map) = Legalise.Run(source);
        Assert.Equal(source.Instructions.Count, map.Length);
        Assert.All(map.Zip(source.Instructions), pair => Assert.Equal(pair.Second.Type, pair.First.Type));
        Assert.DoesNotContain(body.Instructions, i => VectorMath.IsMathematical(i.Opcode));
        double found = VectorMathInterpreter.Run<double>(body, map[y.Id], 1, new[] { -30.0 })[0];
        Assert.Equal(9.357622968839737e-14, found, 1e-28);
    }

    [Fact]
    public void Legalise_leaves_primitive_code_as_it_is()
    {
        var source = new Body();
        Value x = source.Load(DType.Float32, 0), index = source.Index(DType.Int64, 0);
        source.Check(source.Gather(DType.Float32, 1, index), source.Less(x, source.One(x)), code: 3);
        Assert.Same(source, Legalise.Run(source).Body);
    }
}
