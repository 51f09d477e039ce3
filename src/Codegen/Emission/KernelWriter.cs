using System.Linq.Expressions;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Writes the statements of one kernel: its parameters, argument words, locals and loops.</summary>
/// <remarks>For one thread and one kernel.</remarks>
internal abstract class KernelWriter
{
    private readonly Dictionary<int, ParameterExpression> words = [];
    private readonly ParameterExpression args = Parameter(typeof(long), "args");

    /// <summary>Writes a kernel of its own or, given the writer of another one, a part of that.</summary>
    protected KernelWriter(KernelWriter? kernel = null)
    {
        if (kernel is not null)
            (words, args, Begin, End, Error, Pool, Code) =
                (kernel.words, kernel.args, kernel.Begin, kernel.End, kernel.Error, kernel.Pool, kernel.Code);
    }

    /// <summary>First unit of the range.</summary>
    protected ParameterExpression Begin { get; } = Parameter(typeof(long), "begin");

    /// <summary>One past the last unit of the range.</summary>
    protected ParameterExpression End { get; } = Parameter(typeof(long), "end");

    /// <summary>The error code that the kernel returns.</summary>
    protected ParameterExpression Error { get; } = Variable(typeof(int), "error");

    /// <summary>Locals of the kernel.</summary>
    protected LocalPool Pool { get; } = new();

    /// <summary>The statements so far.</summary>
    protected List<Expression> Code { get; } = [];

    /// <summary>A zero that the JIT cannot know: no range begins below 0.</summary>
    protected Expression UnknownZero => RightShift(Begin, Constant(63));

    /// <summary>A word of the argument block, read once when the kernel is called.</summary>
    protected ParameterExpression Word(int word)
    {
        if (!words.TryGetValue(word, out var local))
            words.Add(word, local = Variable(typeof(long), $"word{word}"));
        return local;
    }

    /// <summary>A number, known now or at the call.</summary>
    protected Expression Of(Amount amount) => amount.IsConstant ? Constant(amount.Constant) : Word(amount.Word);

    /// <summary>The kernel whose statements an action writes.</summary>
    protected Expression<Kernel> Write(string name, Action statements)
    {
        var body = Statements(statements);
        return Lambda<Kernel>(
            Block([Error, .. words.Values, .. Pool.Locals], [.. LoadWords(), .. body, Error]), name, [args, Begin, End]);
    }

    /// <summary>The kernel whose statements an action writes, for each entry of a <see cref="LaunchTable"/> that has a part in its range.</summary>
    /// <param name="name">The kernel's name.</param>
    /// <param name="entryWords">Argument words of an entry.</param>
    /// <param name="first">Writes what is done before all entries; reads no argument.</param>
    /// <param name="statements">Writes what is done for each.</param>
    protected Expression<Kernel> WriteTable(string name, int entryWords, Action first, Action statements)
    {
        ParameterExpression table = Parameter(typeof(long), "table"), begin = Parameter(typeof(long), "firstPiece"),
            end = Parameter(typeof(long), "lastPiece");
        var stop = Long();   // held while entries are at work
        var (before, body) = (Statements(first), Statements(statements));
        var walk = Statements(() =>
        {
            Expression Header(int word) => Memory.Read(typeof(long), Add(args, Number(8L * (word - LaunchTable.HeaderWords))));
            Set(args, Add(table, Number(8L * (1 + LaunchTable.HeaderWords))));
            Set(stop, Add(args, Multiply(Memory.Read(typeof(long), table), Number(8L * (LaunchTable.HeaderWords + entryWords)))));
            While(LessThan(args, stop), () =>
            {
                var (from, grain) = (Let(Header(LaunchTable.First)), Let(Header(LaunchTable.Grain)));
                Set(Begin, Multiply(Most(Let(Subtract(begin, from)), Number(0)), grain));
                Set(End, Least(Let(Multiply(Subtract(end, from), grain)), Let(Header(LaunchTable.Range))));
                Code.Add(IfThen(LessThan(Begin, End), Block([.. LoadWords(), .. body])));
                Step(args, Number(8L * (LaunchTable.HeaderWords + entryWords)));
            });
        });
        return Lambda<Kernel>(Block([Error, args, Begin, End, .. words.Values, .. Pool.Locals],
            [Assign(Begin, begin), .. before, .. walk, Error]), name, [table, begin, end]);
    }

    private IEnumerable<Expression> LoadWords() =>
        words.Select(w => Assign(w.Value, Memory.Read(typeof(long), Add(args, Constant(8L * w.Key)))));

    /// <summary>Runs an emission and gives the statements that it appended.</summary>
    protected List<Expression> Statements(Action emit)
    {
        int start = Code.Count;
        emit();
        var made = Code.GetRange(start, Code.Count - start);
        Code.RemoveRange(start, Code.Count - start);
        return made;
    }

    /// <summary>A local of type long, held until the pool's scope ends.</summary>
    protected ParameterExpression Long() => Pool.Rent(typeof(long));

    /// <summary>A new local that holds a number.</summary>
    protected ParameterExpression Let(Expression value)
    {
        var local = Pool.Rent(value.Type);
        Set(local, value);
        return local;
    }

    protected void Set(ParameterExpression local, Expression value) => Code.Add(Assign(local, value));

    /// <summary>Adds to a local.</summary>
    protected void Step(ParameterExpression local, Expression by)
    {
        if (!IsZero(by))
            Code.Add(AddAssign(local, by));
    }

    protected void While(Expression condition, Action body)
    {
        var exit = Label();
        Code.Add(Loop(IfThenElse(condition, Block(Statements(body)), Break(exit)), exit));
    }

    /// <summary>Counts a local from a first value up to a last one, which it does not reach.</summary>
    protected void For(ParameterExpression i, Expression first, Expression last, long step, Action body)
    {
        Set(i, first);
        While(LessThan(i, last), () =>
        {
            body();
            Step(i, Constant(step));
        });
    }

    /// <summary>Writes one branch or the other; a condition that is known writes only that one.</summary>
    protected void If(Expression condition, Action then, Action? otherwise = null)
    {
        if (condition is ConstantExpression { Value: bool known })
        {
            (known ? then : otherwise)?.Invoke();
            return;
        }
        var yes = Block(Statements(then));
        Code.Add(otherwise is null ? IfThen(condition, yes) : IfThenElse(condition, yes, Block(Statements(otherwise))));
    }

    /// <summary>Reads the lanes of a slot from an address on, as its stride along them says; with a count, the first ones.</summary>
    protected Expression LoadLanes(Lanes lanes, DType type, Expression address, Amount stride, Expression? count)
    {
        if (stride is { IsConstant: true, Constant: 0 })
            return lanes.Broadcast(type, Lanes.For(VectorWidth.Scalar, 4).Load(type, address));
        if (!stride.IsConstant || stride.Constant != type.Size)
            return lanes.LoadStrided(type, address, Of(stride), count);
        return count is null ? lanes.Load(type, address) : lanes.LoadPartial(type, address, count);
    }

    /// <summary>Writes the lanes of a slot likewise.</summary>
    protected Expression StoreLanes(Lanes lanes, DType type, Expression address, Amount stride, Expression value, Expression? count)
    {
        if (!stride.IsConstant || stride.Constant != type.Size)
            return lanes.StoreStrided(type, address, Of(stride), value, count);
        return count is null ? lanes.Store(type, address, value) : lanes.StorePartial(type, address, value, count);
    }

    /// <summary>Whether a tensor is so large that stores to it go past the caches.</summary>
    protected Expression IsLarge(Streamed s) => s.Bytes.IsConstant ? Constant(s.MayBeLarge)
        : GreaterThanOrEqual(Of(s.Bytes), Number(Streamed.Least));

    /// <summary>Whether any is that large.</summary>
    protected Expression AreLarge(IEnumerable<Streamed> streamed) => streamed.Select(IsLarge).Aggregate(OrElse);

    /// <summary>Writes a register past the caches, or in the ordinary way.</summary>
    protected ConditionalExpression StoreStreaming(Lanes lanes, DType type, Expression address, Expression value, Expression streams)
    {
        var kept = Let(value);
        return IfThenElse(streams, lanes.StoreStreaming(type, address, kept), lanes.Store(type, address, kept));
    }

    /// <summary>Ends stores past the caches: other threads see them in any order, until a fence.</summary>
    protected void CompleteStreams(IReadOnlyCollection<Streamed> streamed)
    {
        if (streamed.Count > 0)
            If(AreLarge(streamed), () => Code.Add(Call(typeof(StreamingMemory), nameof(StreamingMemory.Complete), null)));
    }

    /// <summary>A number in the type of the lanes that it will fill.</summary>
    protected static Expression Scalar(Expression value, DType type) => type == DType.Int64 ? value : Convert(value, type.ClrType);

    // Numbers known now are folded, so that one way of writing serves known and unknown extents.

    protected static Expression Plus(Expression a, Expression b) =>
        IsZero(a) ? b : IsZero(b) ? a : Known(a, b) is var (x, y) ? Constant(x + y) : Add(a, b);

    protected static Expression Minus(Expression a, Expression b) =>
        IsZero(b) ? a : Known(a, b) is var (x, y) ? Constant(x - y) : Subtract(a, b);

    protected static Expression Times(Expression a, Expression b) =>
        IsZero(a) || IsZero(b) ? Constant(0L) : IsOne(a) ? b : IsOne(b) ? a
        : Known(a, b) is var (x, y) ? Constant(x * y) : Multiply(a, b);

    /// <summary>Quotient of numbers that are not negative.</summary>
    protected static Expression Over(Expression a, Expression b) =>
        IsZero(a) || IsOne(b) ? a : Known(a, b) is var (x, y) ? Constant(x / Math.Max(y, 1)) : Divide(a, b);

    protected static Expression Least(Expression a, Expression b) =>
        Known(a, b) is var (x, y) ? Constant(Math.Min(x, y)) : Condition(LessThan(a, b), a, b);

    protected static Expression Most(Expression a, Expression b) =>
        Known(a, b) is var (x, y) ? Constant(Math.Max(x, y)) : Condition(LessThan(a, b), b, a);

    protected static Expression Less(Expression a, Expression b) =>
        Known(a, b) is var (x, y) ? Constant(x < y) : LessThan(a, b);

    protected static Expression Number(long value) => Constant(value);

    protected static bool IsZero(Expression e) => e is ConstantExpression { Value: 0L };

    private static bool IsOne(Expression e) => e is ConstantExpression { Value: 1L };

    private static (long, long)? Known(Expression a, Expression b) =>
        a is ConstantExpression { Value: long x } && b is ConstantExpression { Value: long y } ? (x, y) : null;
}
