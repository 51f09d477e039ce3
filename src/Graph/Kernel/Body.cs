using System.Globalization;
using System.Numerics;
using System.Text;

namespace Adjoint.Kernels;

/// <summary>
/// Straight-line kernel code in static single assignment form: what an op lowers to. Equal instructions meet as they
/// are added, so common parts (the exponential that a value and its gradient share) exist once before any emission.
/// </summary>
/// <remarks>
/// Dtype belongs to the value, lane count to the kernel that runs the body: the same body is emitted for sixteen lanes
/// or one. Not safe for use by several threads.
/// </remarks>
public sealed partial class Body
{
    private readonly List<Instruction> instructions;
    private int[] numbers;   // open addressing: one more than the number of an instruction, 0 where there is none

    /// <summary>A body without instructions.</summary>
    public Body() : this(0) { }

    /// <param name="capacity">About how many instructions there will be.</param>
    internal Body(int capacity) =>
        (instructions, numbers) = (new(capacity), new int[BitOperations.RoundUpToPowerOf2((uint)(2 * capacity + 64))]);

    /// <summary>The instructions, operands before uses.</summary>
    public IReadOnlyList<Instruction> Instructions => instructions;

    /// <summary>Whether there is an instruction of a kind.</summary>
    internal bool Has(Opcode opcode) => instructions.Exists(i => i.Opcode == opcode);

    /// <summary>All values, by number.</summary>
    internal Value[] Values => [.. instructions.Select((i, id) => new Value(id, i.Type))];

    /// <summary>The instruction that defines a value.</summary>
    public Instruction this[Value value] => instructions[value.Id];

    /// <summary>Adds an instruction, or finds the equal one that is already there.</summary>
    public Value Emit(Instruction instruction)
    {
        if (Known(instruction) is { } known)
            return known;
        int place = PlaceOf(instruction);
        if (numbers[place] == 0)
        {
            instructions.Add(instruction);
            numbers[place] = instructions.Count;
            if (2 * instructions.Count > numbers.Length)
                Grow();
            return new(instructions.Count - 1, instruction.Type);
        }
        return new(numbers[place] - 1, instruction.Type);
    }

    // Where the number of an equal instruction stands, or would.
    private int PlaceOf(in Instruction instruction)
    {
        int mask = numbers.Length - 1, place = instruction.GetHashCode() & mask;
        while (numbers[place] != 0 && !instructions[numbers[place] - 1].Equals(instruction))
            place = (place + 1) & mask;
        return place;
    }

    private void Grow()
    {
        numbers = new int[2 * numbers.Length];
        for (int id = 0; id < instructions.Count; id++)
            numbers[PlaceOf(instructions[id])] = id + 1;
    }

    /// <summary>An instruction of two operands of one type, which is the result's too.</summary>
    /// <exception cref="ArgumentException">Their types differ.</exception>
    public Value Binary(Opcode opcode, Value x, Value y) => x.Type == y.Type
        ? Emit(new(opcode, x.Type, x.Id, y.Id))
        : throw new ArgumentException($"{opcode} mixes {x.Type} and {y.Type}; convert one first.");

    /// <summary>A number as a constant of type <paramref name="type"/>, rounded to it; nonzero is true for bool.</summary>
    public Value Constant(DType type, double value) => ConstantBits(type, type.Visit(new BitsOf(value)));

    /// <summary>A constant given by its bits, zero-extended to 64.</summary>
    public Value ConstantBits(DType type, long bits) => Emit(new(Opcode.Constant, type, Immediate: bits));

    /// <summary>Zero, of the type of <paramref name="x"/>.</summary>
    public Value Zero(Value x) => ConstantBits(x.Type, 0);

    /// <summary>One, of the type of <paramref name="x"/>.</summary>
    public Value One(Value x) => Constant(x.Type, 1);

    /// <summary>A number as a constant of the type of <paramref name="x"/>.</summary>
    public Value Like(Value x, double value) => Constant(x.Type, value);

    /// <summary>The element of buffer slot <paramref name="slot"/> at the current index of the loop nest.</summary>
    public Value Load(DType type, int slot) => Emit(new(Opcode.Load, type, Immediate: slot));

    /// <summary>The element of buffer slot <paramref name="slot"/> at an element offset (int64) computed per lane.</summary>
    public Value Gather(DType type, int slot, Value offset) => Emit(new(Opcode.Gather, type, offset.Id, Immediate: slot));

    /// <summary>The coordinate along domain axis <paramref name="axis"/>, as int64 or, for kernels of 4-byte types, int32.</summary>
    public Value Index(DType type, int axis) => Emit(new(Opcode.Index, type, Immediate: axis));

    /// <summary>A scalar that the caller of the kernel passes in parameter slot <paramref name="slot"/>.</summary>
    public Value Parameter(DType type, int slot) => Emit(new(Opcode.Parameter, type, Immediate: slot));

    /// <summary>A value supplied from outside the straight line: accumulator or outer value number <paramref name="number"/>.</summary>
    public Value Carried(DType type, int number) => Emit(new(Opcode.Carried, type, Immediate: number));

    /// <summary>x + y.</summary>
    public Value Add(Value x, Value y) => Binary(Opcode.Add, x, y);

    /// <summary>x - y.</summary>
    public Value Subtract(Value x, Value y) => Binary(Opcode.Subtract, x, y);

    /// <summary>x * y.</summary>
    public Value Multiply(Value x, Value y) => Binary(Opcode.Multiply, x, y);

    /// <summary>x / y.</summary>
    public Value Divide(Value x, Value y) => Binary(Opcode.Divide, x, y);

    /// <summary>x * y + z, rounded once.</summary>
    public Value MultiplyAdd(Value x, Value y, Value z) => Emit(new(Opcode.MultiplyAdd, x.Type, x.Id, y.Id, z.Id));

    /// <summary>-x.</summary>
    public Value Negate(Value x) => Unary(Opcode.Negate, x);

    /// <summary>|x|.</summary>
    public Value Abs(Value x) => Unary(Opcode.Abs, x);

    /// <summary>IEEE 754 maximum; NaN wins.</summary>
    public Value Max(Value x, Value y) => Binary(Opcode.Max, x, y);

    /// <summary>IEEE 754 minimum; NaN wins.</summary>
    public Value Min(Value x, Value y) => Binary(Opcode.Min, x, y);

    /// <summary>Square root.</summary>
    public Value Sqrt(Value x) => Unary(Opcode.Sqrt, x);

    /// <inheritdoc cref="Opcode.ScaleB"/>
    public Value ScaleB(Value x, Value exponent) => Binary(Opcode.ScaleB, x, exponent);

    /// <inheritdoc cref="Opcode.Exponent"/>
    public Value Exponent(Value x) => Unary(Opcode.Exponent, x);

    /// <inheritdoc cref="Opcode.Mantissa"/>
    public Value Mantissa(Value x) => Unary(Opcode.Mantissa, x);

    /// <summary>Largest integer not above x.</summary>
    public Value Floor(Value x) => Unary(Opcode.Floor, x);

    /// <summary>Smallest integer not below x.</summary>
    public Value Ceiling(Value x) => Unary(Opcode.Ceiling, x);

    /// <summary>Nearest integer, half to even.</summary>
    public Value Round(Value x) => Unary(Opcode.Round, x);

    /// <summary>x = y, a mask.</summary>
    public Value Equal(Value x, Value y) => Mask(Opcode.Equal, x, y);

    /// <summary>x &lt; y, a mask; false with NaN.</summary>
    public Value Less(Value x, Value y) => Mask(Opcode.Less, x, y);

    /// <summary>x &lt;= y, a mask; false with NaN.</summary>
    public Value LessOrEqual(Value x, Value y) => Mask(Opcode.LessOrEqual, x, y);

    /// <summary>Bitwise or logical and.</summary>
    public Value And(Value x, Value y) => Binary(Opcode.And, x, y);

    /// <summary>Bitwise or logical or.</summary>
    public Value Or(Value x, Value y) => Binary(Opcode.Or, x, y);

    /// <summary>Bitwise or logical exclusive or.</summary>
    public Value Xor(Value x, Value y) => Binary(Opcode.Xor, x, y);

    /// <summary>Bitwise or logical complement.</summary>
    public Value Not(Value x) => Unary(Opcode.Not, x);

    /// <summary>x &lt;&lt; count.</summary>
    public Value ShiftLeft(Value x, int count) => Emit(new(Opcode.ShiftLeft, x.Type, x.Id, Immediate: count));

    /// <summary>x &gt;&gt; count, sign repeated.</summary>
    public Value ShiftRight(Value x, int count) => Emit(new(Opcode.ShiftRight, x.Type, x.Id, Immediate: count));

    /// <summary>x &gt;&gt; count, zeros shifted in.</summary>
    public Value ShiftRightLogical(Value x, int count) => Emit(new(Opcode.ShiftRightLogical, x.Type, x.Id, Immediate: count));

    /// <summary>x where the mask holds, else y.</summary>
    public Value Select(Value mask, Value x, Value y) => Emit(new(Opcode.Select, x.Type, mask.Id, x.Id, y.Id));

    /// <summary>Value conversion to <paramref name="type"/>; the value itself where the type is the same.</summary>
    public Value Convert(Value x, DType type) => x.Type == type ? x : Emit(new(Opcode.Convert, type, x.Id));

    /// <summary>The bits of x as a type of the same size.</summary>
    public Value BitCast(Value x, DType type) => x.Type == type ? x : Emit(new(Opcode.BitCast, type, x.Id));

    /// <summary>x, reporting error <paramref name="code"/> where <paramref name="valid"/> does not hold.</summary>
    public Value Check(Value x, Value valid, int code) => Emit(new(Opcode.Check, x.Type, x.Id, valid.Id, Immediate: code));

    /// <summary>e^x.</summary>
    public Value Exp(Value x) => Unary(Opcode.Exp, x);

    /// <summary>Natural logarithm.</summary>
    public Value Log(Value x) => Unary(Opcode.Log, x);

    /// <summary>e^x - 1.</summary>
    public Value Expm1(Value x) => Unary(Opcode.Expm1, x);

    /// <summary>log(1 + x).</summary>
    public Value Log1p(Value x) => Unary(Opcode.Log1p, x);

    /// <summary>Sine.</summary>
    public Value Sin(Value x) => Unary(Opcode.Sin, x);

    /// <summary>Cosine.</summary>
    public Value Cos(Value x) => Unary(Opcode.Cos, x);

    /// <summary>Hyperbolic tangent.</summary>
    public Value Tanh(Value x) => Unary(Opcode.Tanh, x);

    /// <summary>Logistic sigmoid.</summary>
    public Value Sigmoid(Value x) => Unary(Opcode.Sigmoid, x);

    /// <summary>Error function.</summary>
    public Value Erf(Value x) => Unary(Opcode.Erf, x);

    /// <summary>x to the power y.</summary>
    public Value Pow(Value x, Value y) => Binary(Opcode.Pow, x, y);

    /// <summary>The code as text, an instruction a line: the printer that tests and dumps share.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (int i = 0; i < instructions.Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"v{i} = {Describe(instructions[i])}\n");
        return text.ToString();
    }

    private static string Describe(Instruction i)
    {
        string operands = string.Join(", ", i.Operands.Select(o => $"v{o}"));
        string immediate = i.Opcode is Opcode.Constant ? i.Type.Visit(new TextOf(i.Immediate))
            : i.Opcode is Opcode.Load or Opcode.Gather or Opcode.Index or Opcode.Parameter or Opcode.Carried or Opcode.Check or Opcode.Entry
                or Opcode.ShiftLeft or Opcode.ShiftRight or Opcode.ShiftRightLogical ? $"#{i.Immediate}"
            : i.Opcode is Opcode.Call or Opcode.CallWhere ? ScalarFunction.At(i.Immediate).Name : "";
        return $"{i.Opcode.ToString().ToLowerInvariant()}.{i.Type} {string.Join(" ", new[] { operands, immediate }.Where(s => s != ""))}";
    }

    private Value Unary(Opcode opcode, Value x) => Emit(new(opcode, x.Type, x.Id));

    private Value Mask(Opcode opcode, Value x, Value y) => x.Type == y.Type
        ? Emit(new(opcode, DType.Bool, x.Id, y.Id))
        : throw new ArgumentException($"{opcode} compares {x.Type} with {y.Type}; convert one first.");

    private readonly struct BitsOf(double value) : IDTypeVisitor<long>
    {
        public long Visit<T>() where T : unmanaged => Bits.From(Bits.FromDouble<T>(value));
    }

    private readonly struct TextOf(long bits) : IDTypeVisitor<string>
    {
        public string Visit<T>() where T : unmanaged =>
            System.Convert.ToString(Bits.To<T>(bits), CultureInfo.InvariantCulture) ?? "";
    }
}
