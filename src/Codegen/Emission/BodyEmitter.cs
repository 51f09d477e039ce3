using System.Linq.Expressions;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>The code of a leaf of a body: a load, gather, index, parameter or carried value.</summary>
/// <param name="instruction">The leaf.</param>
/// <param name="position">Of a gather, where it reads.</param>
internal delegate Expression LeafCode(Instruction instruction, GatherPosition? position);

/// <summary>Where a gather reads.</summary>
/// <param name="Offsets">The register of element offsets.</param>
/// <param name="Ahead">Elements from there on that are the same in every lane, which an address takes in for nothing.</param>
internal sealed record GatherPosition(Expression Offsets, long Ahead)
{
    /// <summary>The code of the gather.</summary>
    /// <param name="lanes">How values are held.</param>
    /// <param name="type">Of the elements.</param>
    /// <param name="address">Of the first element of all.</param>
    /// <param name="count">How many lanes read, the first ones; null for all.</param>
    public Expression Gather(Lanes lanes, DType type, Expression address, Expression? count) => lanes.Gather(type,
        Ahead == 0 ? address : Expression.Add(address, Expression.Constant(Ahead * type.Size)), Offsets, count);
}

/// <summary>Writes the straight-line code of a body as expressions: one emission per copy that a loop nest
/// wants.</summary>
/// <param name="body">Primitive instructions only.</param>
/// <param name="lanes">How values are held.</param>
/// <param name="pool">The locals of the lambda. Those that the returned roots use stay rented until the caller's scope
/// ends.</param>
/// <param name="leaf">What the loop nest supplies; asked once per leaf and emission.</param>
internal sealed partial class BodyEmitter(Body body, Lanes lanes, LocalPool pool, LeafCode leaf)
{
    /// <summary>Trees stay this shallow; a deeper value goes to a local.</summary>
    private const int DepthLimit = 10;

    /// <summary>
    /// So many constants with several uses are left to the JIT; from more on, what it spills costs more than operands from memory. Fewer
    /// where the order is such that values fill the registers.
    /// </summary>
    private const int ConstantsForRegisters = 40, ConstantsBesideValues = 8;

    private readonly Body body = body;
    private readonly Lanes lanes = lanes;
    private readonly LocalPool pool = pool;
    private readonly LeafCode leaf = leaf;

    /// <summary>Values that are at hand already by number: hoisted constants, values of outer loops. They are not
    /// emitted again.</summary>
    public IReadOnlyDictionary<int, Expression> Known { get; init; } = NothingKnown;

    /// <summary>No value is at hand.</summary>
    public static IReadOnlyDictionary<int, Expression> NothingKnown { get; } = new Dictionary<int, Expression>();

    /// <summary>The int local that a failing check sets to its code, if it is still 0; without one, checks are left
    /// out.</summary>
    public ParameterExpression? Error { get; init; }

    /// <summary>How many lanes a check looks at; null for all.</summary>
    public Expression? Count { get; init; }

    /// <summary>What is done with a value as soon as it is known, by number: stores to memory that this body does not read.</summary>
    public ILookup<int, Func<Expression, Expression>> Sinks { get; init; } = NoSinks;

    /// <summary>
    /// The code of a constant with several uses, asked at each of them, where there are more such constants than registers for them;
    /// without, they are written as constants.
    /// </summary>
    public Func<Instruction, Expression>? RepeatedConstant { get; init; }

    /// <summary>Whether values are computed in the order of the body: none but the last waits as a tree for its reader.</summary>
    public bool KeepsOrder { get; init; }

    /// <summary>The code of every constant, asked at each of its uses; without, they are written as constants.</summary>
    public Func<Instruction, Expression>? EveryConstant { get; init; }

    private static readonly ILookup<int, Func<Expression, Expression>> NoSinks =
        Array.Empty<int>().ToLookup(i => i, _ => (Func<Expression, Expression>)(e => e));

    /// <summary>Appends the code that the roots need and gives each root: a local, or a tree to be evaluated
    /// once.</summary>
    /// <remarks>With several roots none is a pending load, so storing one cannot change another.</remarks>
    public IReadOnlyList<Expression> Emit(IReadOnlyList<Value> roots, ICollection<Expression> statements) =>
        new Emission(this, roots, statements).Run();

    /// <summary>
    /// Emits the constants that are worth a register before a loop. The JIT would put a constant that it knows back where it is used, and
    /// read it from memory in every round, so these are made with a zero that it cannot know.
    /// </summary>
    /// <returns>Their locals by value number, for <see cref="Known"/>; held until the caller's scope ends.</returns>
    public static IReadOnlyDictionary<int, Expression> HoistConstants(
        Body body, IEnumerable<int> needed, Lanes lanes, LocalPool pool, ICollection<Expression> statements, Expression zero, int limit)
    {
        var locals = new Dictionary<int, Expression>();
        foreach (var value in HoistableConstants(body, needed, limit))
        {
            var local = pool.Rent(lanes.RegisterType(value.Type));
            statements.Add(Expression.Assign(local, lanes.Constant(value.Type, body[value].Immediate, zero)));
            locals.Add(value.Id, local);
        }
        return locals;
    }

    /// <summary>The constants that the needed instructions use, most used first.</summary>
    public static IReadOnlyList<Value> HoistableConstants(Body body, IEnumerable<int> needed, int limit)
    {
        var uses = needed.SelectMany(id => body.Instructions[id].Operands).CountBy(id => id);
        // Zero and masks cost no memory access.
        return [.. uses.Where(u => body.Instructions[u.Key] is { Opcode: Opcode.Constant, Immediate: not 0, Type.Size: >= 4 })
            .OrderByDescending(u => u.Value).ThenBy(u => u.Key).Take(limit)
            .Select(u => new Value(u.Key, body.Instructions[u.Key].Type))];
    }
}
