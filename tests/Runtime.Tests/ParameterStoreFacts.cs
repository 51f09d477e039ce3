using System.Runtime.InteropServices;

namespace Adjoint.Runtime.Tests;

public class ParameterStoreFacts
{
    private static ParameterStore Store()
    {
        var store = new ParameterStore();
        store.GetOrAdd("w", typeof(float), [2, 3], bytes => MemoryMarshal.Cast<byte, float>(bytes).Fill(1));
        store.GetOrAdd("steps", typeof(long), []);
        return store;
    }

    [Fact]
    public void A_parameter_is_initialised_once_and_never_moves()
    {
        var store = Store();
        var first = store.GetOrAdd("w", typeof(float), [2, 3]);
        var again = store.GetOrAdd("w", typeof(float), [2, 3], _ => Assert.Fail("initialised twice"));
        Assert.Same(first, again);
        Assert.Equal(0, first.Address % NativeBuffer.Alignment);
        Assert.Equal([1, 1, 1, 1, 1, 1], store.Get<float>("w"));
        Assert.Equal([0], store.Get<long>("steps"));
        Assert.Equal(["w", "steps"], store.Names);
    }

    [Fact]
    public void Another_type_or_shape_under_the_same_name_is_refused_naming_both()
    {
        var store = Store();
        var shape = Assert.Throws<InvalidOperationException>(() => store.GetOrAdd("w", typeof(float), [3, 2]));
        Assert.Contains("float32[2, 3]", shape.Message, StringComparison.Ordinal);
        Assert.Contains("float32[3, 2]", shape.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => store.GetOrAdd("w", typeof(double), [2, 3]));
    }

    [Fact]
    public void Impossible_parameters_are_refused()
    {
        var store = Store();
        Assert.Throws<ArgumentException>(() => store.GetOrAdd("", typeof(float), []));
        Assert.Throws<ArgumentException>(() => store.GetOrAdd("a", typeof(string), []));
        Assert.Throws<ArgumentException>(() => store.GetOrAdd("a", typeof(float), [-1]));
        Assert.Throws<ArgumentException>(() => store.GetOrAdd("a", typeof(float), [long.MaxValue, long.MaxValue]));
        Assert.Throws<ArgumentException>(() => store.GetOrAdd("a", typeof(float), new long[33]));
        Assert.Equal(0, store.GetOrAdd("empty", typeof(float), [long.MaxValue, 0]).Length);
    }

    [Fact]
    public void A_failing_initialiser_adds_nothing()
    {
        var store = Store();
        Assert.Throws<ArithmeticException>(() =>
            store.GetOrAdd("a", typeof(float), [1], _ => throw new ArithmeticException()));
        Assert.False(store.Contains("a"));
    }

    [Fact]
    public void Set_replaces_all_values_or_none()
    {
        var store = Store();
        store.Set<float>("w", [1, 2, 3, 4, 5, 6]);
        Assert.Throws<ArgumentException>(() => store.Set<float>("w", [9, 9]));
        Assert.Throws<InvalidOperationException>(() => store.Set<int>("w", [9, 9, 9, 9, 9, 9]));
        Assert.Throws<KeyNotFoundException>(() => store.Set<float>("v", [9]));
        Assert.Equal([1, 2, 3, 4, 5, 6], store.Get<float>("w"));
    }

    [Fact]
    public void A_snapshot_keeps_the_values_of_its_moment()
    {
        var store = Store();
        var before = store.Snapshot();
        store.Set<float>("w", [1, 2, 3, 4, 5, 6]);
        store.Set<long>("steps", [7]);
        Assert.Equal([1, 1, 1, 1, 1, 1], before.Get<float>("w"));
        store.Restore(before);
        Assert.Equal([1, 1, 1, 1, 1, 1], store.Get<float>("w"));
        Assert.Equal([0], store.Get<long>("steps"));
    }

    [Fact]
    public void Restoring_what_does_not_fit_changes_nothing()
    {
        var other = new ParameterStore();
        other.GetOrAdd("steps", typeof(long), []);
        other.GetOrAdd("w", typeof(float), [6]);
        other.Set<long>("steps", [9]);
        var store = Store();
        Assert.Throws<ArgumentException>(() => store.Restore(other.Snapshot()));
        Assert.Equal([0], store.Get<long>("steps"));
    }
}
