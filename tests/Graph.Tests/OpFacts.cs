using System.Collections.Immutable;
using System.Reflection;
using Adjoint.Tests;

namespace Adjoint.Graph.Tests;

/// <summary>Facts that hold for every op record, found by reflection: a new op is held to them without a line here.</summary>
public class OpFacts
{
    private static readonly Type[] Ops = [.. typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract)];

    public static TheoryData<Type> Every() => [.. Ops];

    public static TheoryData<string> Cases() => [.. OpCases.All.Select(c => c.Name)];

    /// <summary>Attributes compare by value; a body or a declaration is what it is, and constants compare by bits.</summary>
    [Theory, MemberData(nameof(Every))]
    public void Attributes_have_value_equality(Type op)
    {
        foreach (var field in op.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
            Assert.True(ComparesByValue(field.FieldType) || IsIdentity(field.FieldType) || op == typeof(Constant),
                $"{op.Name}.{field.Name} is a {field.FieldType.Name}, which compares by reference");
    }

    [Theory, MemberData(nameof(Every))]
    public void Ops_are_sealed_records_or_calls_with_no_settable_state(Type op)
    {
        Assert.True(op.IsSealed || op == typeof(Call), $"{op.Name} is open");
        Assert.NotNull(op.GetMethod("<Clone>$"));
        Assert.All(op.GetProperties(), p => Assert.True(p.SetMethod is null ||
            p.SetMethod.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit"),
            $"{op.Name}.{p.Name} can be set"));
    }

    /// <summary>Smooth ops state rules in both modes; the others say why they need none.</summary>
    [Theory, MemberData(nameof(Every))]
    public void Smooth_ops_have_rules_in_both_modes(Type op)
    {
        bool partials = op.IsSubclassOf(typeof(Elementwise)) && Overrides(op, nameof(Elementwise.Partials), typeof(Elementwise));
        bool marked = Overrides(op, nameof(Op.Differentiability), typeof(Op));
        bool vjp = Overrides(op, nameof(Op.Vjp), typeof(Op), typeof(Elementwise)) || partials;
        bool jvp = Overrides(op, nameof(Op.Jvp), typeof(Op), typeof(Elementwise)) || partials;
        bool byBody = op.IsAssignableTo(typeof(Call)) && !Overrides(op, nameof(Call.HasOwnDerivative), typeof(Call));
        Assert.True(marked || (vjp && jvp) || byBody, $"{op.Name} has no mark and lacks a rule (vjp {vjp}, jvp {jvp})");
    }

    [Fact]
    public void Every_op_has_a_case()
    {
        var used = OpCases.All.SelectMany(c => c.DTypes.Select(c.Graph)).SelectMany(g => Applies(new Computation(g.Inputs, [g.Result])))
            .Select(a => a.Op.GetType()).ToHashSet();
        var exempt = Ops.Where(t => t.IsSubclassOf(typeof(DerivativeRequest)) || t.IsSubclassOf(typeof(CallKernel))
            || t == typeof(VariableRead));
        Assert.Empty(Ops.Except(used).Except(exempt).Select(t => t.Name));
    }

    [Fact]
    public void Names_of_cases_are_unique() => Assert.Equal(OpCases.All.Count, OpCases.All.Select(c => c.Name).Distinct().Count());

    [Theory, MemberData(nameof(Cases))]
    public void Twins_are_equal_ops_with_equal_hashes(string name)
    {
        var (once, again) = (Ordered(name), Ordered(name));
        Assert.Equal(once, again);
        Assert.Equal(once.Select(o => o.GetHashCode()), again.Select(o => o.GetHashCode()));
    }

    /// <summary>Reference semantics give the inferred type, in every element type.</summary>
    [Theory, MemberData(nameof(Cases))]
    public void Results_have_the_inferred_type(string name)
    {
        foreach (var dtype in OpCases.Of(name).DTypes)
        {
            var (x, y) = OpCases.Of(name).Graph(dtype);
            var value = Values.Eval(y, [.. x.Zip(OpCases.Of(name).Sample(dtype))]);
            Assert.Equal(y.DType, value.DType);
            Assert.Equal(y.Shape.Evaluate(Bindings.Solve(new Computation(x, [y]), OpCases.Of(name).Sample(dtype))), value.Shape.ToArray());
        }
    }

    /// <summary>float32 results are float64 results rounded, up to the condition of what is computed.</summary>
    [Theory, MemberData(nameof(Cases))]
    public void Float32_agrees_with_float64(string name)
    {
        var c = OpCases.Of(name);
        if (!c.DTypes.Contains(DType.Float32))
            return;
        var (narrow, wide) = (c.Graph(DType.Float32), c.Graph(DType.Float64));
        var values = c.Sample(DType.Float32);
        var widened = values.Select(v => v.DType == DType.Float32 ? HostTensor.From(Values.Doubles(v), v.Shape) : v);
        Values.AssertClose(Values.Doubles(Values.Eval(wide.Result, [.. wide.Inputs.Zip(widened)])),
            Values.Doubles(Values.Eval(narrow.Result, [.. narrow.Inputs.Zip(values)])), 1e-5);
    }

    private static IEnumerable<Apply> Applies(Computation f) =>
        f.Applies.Concat(f.Applies.SelectMany(a => a.Op.Bodies).SelectMany(Applies));

    private static List<Op> Ordered(string name)
    {
        var (x, y) = OpCases.Of(name).Graph(OpCases.Of(name).DTypes[0]);
        return [.. Applies(new Computation(x, [y])).Select(a => a.Op).Where(o => o is not Call)];
    }

    private static bool Overrides(Type op, string member, params Type[] except)
    {
        var found = op.GetMember(member, BindingFlags.Instance | BindingFlags.Public)[0];
        return !except.Contains(found.DeclaringType);
    }

    private static bool IsIdentity(Type t) => t == typeof(Computation) || t == typeof(Variable);

    private static bool ComparesByValue(Type t) => !(t.IsGenericType && t.GetGenericTypeDefinition() == typeof(ImmutableArray<>)) &&
        !t.IsArray && (t.IsValueType || t == typeof(string) || t == typeof(DType)
            || t.GetInterfaces().Contains(typeof(IEquatable<>).MakeGenericType(t)));
}
