using System.Collections.Immutable;
using Adjoint.Kernels;
using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>
/// Lowers a fusion group to kernel IR. Values that vary along inner axes are computed in the loop of the first stage in
/// which their operands are ready; values that do not, once before a loop. A reduction closes a stage.
/// </summary>
internal sealed class GroupLowering
{
    /// <summary>What recomputing a value in a later loop may cost before it is kept in memory instead.</summary>
    private const int RecomputeLimit = 4;

    private readonly FusionGroup group;
    private readonly HashSet<int> innerAxes;
    private readonly Dictionary<(Node, Access), int> members;
    private readonly int[] ready;
    private int[]? lastUse;
    private readonly List<RegionBuilder> before = [];
    private readonly List<RegionBuilder> loops = [];
    private readonly Dictionary<int, AccumulationBuilder> accumulations = [];
    private readonly Dictionary<int, int> spilled = [];
    private readonly List<string> errors = [];
    private readonly RegionBuilder first = new(0, inLoop: true, capacity: 0), firstOfRow = new(0, inLoop: true, capacity: 0);

    public GroupLowering(FusionGroup group)
    {
        (this.group, innerAxes) = (group, [.. group.InnerAxes]);
        (ready, members) = (new int[group.Members.Length], new(group.Members.Length));
        bool isMap = !group.Members.Any(m => m.Node.Op is Reduction);   // all is ready in the first stage
        for (int m = 0; m < ready.Length; m++)
        {
            var (node, access) = group.Members[m];
            if (!members.TryAdd((node, access), m) || isMap)
                continue;
            foreach (var (x, at) in OperandsOf(node, access))
                if (Storage.Resolve(x, at) is var (root, rootAccess) && members.TryGetValue((root, rootAccess), out int operand))
                    ready[m] = Math.Max(ready[m], ready[operand]);
            if (node.Op is Reduction && !group.IsTotal(node, access))
                ready[m]++;
        }
    }

    /// <summary>Memory that the loops touch, with the access to each.</summary>
    public List<SlotBuilder> Slots { get; } = [];

    /// <summary>Scalars of the call, by parameter number.</summary>
    public List<Dim> Parameters { get; } = [];

    /// <summary>Types of carried values.</summary>
    public List<DType> CarriedTypes { get; } = [];

    /// <summary>Domain axes whose coordinate the code asks for: they must stay loops of their own.</summary>
    public HashSet<int> Indexed { get; } = [];

    /// <summary>Reductions over outer axes, or of a product's elements: each element is added to accumulators in memory.</summary>
    public List<Total> Totals { get; } = [];

    /// <summary>Stores what those down columns are before any row.</summary>
    public Region First => first.Build();

    /// <summary>Stores what those along a product's rows are before any column.</summary>
    public Region FirstOfRow => firstOfRow.Build();

    /// <summary>Messages of the errors that the kernel can report; code 1 is the first.</summary>
    public ImmutableArray<string> Errors => [.. errors];

    /// <summary>Lowers everything that the outputs need.</summary>
    public ImmutableArray<Stage> Run()
    {
        // Operands first, so that no walk is deeper than a node and its operands.
        for (int m = 0; m < ready.Length; m++)
            if (group.Members[m] is var (node, access) && members[(node, access)] == m && !group.IsTotal(node, access))
                Get(Varies(access) ? Loop(ready[m]) : Before(ready[m]), node, access);
        foreach (var output in group.Outputs)
            if (!members.ContainsKey((output.Value, output.At)) || !group.IsTotal(output.Value, output.At))
                Store(output);   // a reduction that is no member is copied from memory
        AddTotals();
        int count = Math.Max(before.Count, loops.Count);
        return [.. Enumerable.Range(0, count).Select(k => new Stage(
            Before(k).Build(), loops.Count > k && loops[k].HasEffect ? loops[k].Build() : null,
            [.. accumulations.Values.Where(a => a.Stage == k).Select(a => a.Build())]))];
    }

    /// <summary>Lowers one value of a map, for a caller that does with it what it wants.</summary>
    public Region Evaluate(Node node, Access access)
    {
        var region = Before(0);
        foreach (var (member, at) in group.Members)
            Get(region, member, at);
        return new(region.Body, [], [(0, Get(region, node, access))]);
    }

    private void Store(GroupOutput output)
    {
        var (root, access) = Storage.Resolve(output.Value, output.At);
        int stage = members.TryGetValue((root, access), out int m) ? ready[m] : 0;
        bool inLoop = Varies(output.At) || (innerAxes.Count > 0 && output.Target.DomainAxes.Any(innerAxes.Contains));
        var region = inLoop ? Loop(stage) : Before(stage);
        region.Stores.Add((Slot(output.Buffer, output.Target, output.Buffer.Shape), Get(region, output.Value, output.At)));
    }

    // All in the loop in which the last of them has its operand: what they share is loaded once.
    private void AddTotals()
    {
        var totals = group.Totals.Distinct().ToList();
        foreach (var (node, access) in totals)
        {
            var (op, operand, at) = ((Reduction)node.Op, node.Apply.Inputs[0], group.IntoOperand(node, access));
            int stage = totals.Max(t => ready[members[t]]);
            var region = group.Kind is GroupKind.Contraction ? Before(stage) : Loop(stage);
            bool isAlongRows = group.Kind is GroupKind.Contraction
                && access.DomainAxes.SequenceEqual(Enumerable.Range(0, group.Domain.Length - 1));
            var before = isAlongRows ? firstOfRow : first;
            var identity = op.Identity(before.Body, operand.DType);
            ImmutableArray<int> slots = [.. identity.Select(v => isAlongRows ? PartialsOfRow(v.Type) : PartialsOfColumns(v.Type))];
            var place = new Place(this, region, operand, at);
            var step = op.Step(region.Body, [.. slots.Select(s => region.Body.Load(Slots[s].Type, s))], Get(region, operand, at),
                type => place.Position(type, op.Axes));
            before.Stores.AddRange(slots.Zip(identity));
            region.Stores.AddRange(slots.Zip(step));
            Totals.Add(new(node, [.. access.DomainAxes], isAlongRows, slots,
                [.. slots.Select(s => ((Temporary)Slots[s].Buffer, Slots[s].Type))]));
        }
    }

    // Of each block of rows: what loops have inside, or all columns of a product.
    private int PartialsOfColumns(DType type)
    {
        int[] axes = group.Kind is GroupKind.Contraction ? [group.Domain.Length - 1] : [.. group.InnerAxes];
        var columns = Adjoint.Shape.Of(axes.Select(a => group.Domain[a]));
        var memory = new Temporary(RowBlocks.MostOf(group) * columns.ElementCount * type.Size);
        Slots.Add(new(memory, type, new(axes.Select(AxisAccess.Along)), columns));
        return Slots.Count - 1;
    }

    // Of each block of columns of each row.
    private int PartialsOfRow(DType type)
    {
        var rows = group.Domain[..^1];
        var shape = Adjoint.Shape.Of([.. rows, ColumnBlocks.Count(group.Domain[^1]) * ColumnBlocks.Lanes]);
        Slots.Add(new(new Temporary(shape.ElementCount * type.Size), type,
            new(rows.Select((_, a) => AxisAccess.Along(a)).Append(AxisAccess.Fixed)), shape));
        return Slots.Count - 1;
    }

    private bool Varies(Access access) => access.DomainAxes.Any(innerAxes.Contains);

    private RegionBuilder Before(int stage) => At(before, stage, inLoop: false);

    private RegionBuilder Loop(int stage) => At(loops, stage, inLoop: true);

    private RegionBuilder At(List<RegionBuilder> regions, int stage, bool inLoop)
    {
        while (regions.Count <= stage)
            regions.Add(new(regions.Count, inLoop, capacity: ready.Length));
        return regions[stage];
    }

    // Operands and how the group's loops address them, views not yet looked through.
    private IEnumerable<(Node, Access)> OperandsOf(Node node, Access access) => node.Op switch
    {
        Reduction => [(node.Apply.Inputs[0], group.IntoOperand(node, access))],
        Elementwise => node.Apply.Inputs.Select(x => (x, access)),
        Generator g => node.Apply.Inputs.Where((_, i) => g.IsAligned(i)).Select(x => (x, access)),
        _ => [],
    };

    private Value Get(RegionBuilder region, Node node, Access access)
    {
        (node, access) = Storage.Resolve(node, access);
        if (region.Values.TryGetValue((node, access), out var known))
            return known;
        return region.Values[(node, access)] = node switch
        {
            (Constant { Type.Rank: 0 } c, _) => region.Body.ConstantBits(c.Type.DType, c.ScalarBits),
            _ when members.TryGetValue((node, access), out int m) => Member(region, m),
            (Generator g, []) => g.Lower(region.Body, new Place(this, region, node, access), node.Type),
            _ when region.InLoop && !Varies(access) => Carry(region, Before(region.Stage), node, access),
            _ => region.Body.Load(node.DType, Slot(node, access, node.Shape)),
        };
    }

    private Value Member(RegionBuilder region, int m)
    {
        var (node, access) = group.Members[m];
        if (!Varies(access))
            return !region.InLoop && region.Stage == ready[m] ? Compute(region, m) : Carry(region, Before(ready[m]), node, access);
        return region.Stage == ready[m] || CostOf(m, region.Stage) <= RecomputeLimit ? Compute(region, m)
            : region.Body.Load(node.DType, Spill(m));
    }

    private Value Compute(RegionBuilder region, int m)
    {
        var (node, access) = group.Members[m];
        switch (node.Op)
        {
            case Reduction reduction:
                var accumulation = Accumulate(m, reduction);
                return reduction.Finish(region.Body,
                    [.. accumulation.Carried.Select(c => region.Body.Carried(CarriedTypes[c], c))], node.DType);
            case Elementwise elementwise:
                var operands = new Value[node.Apply.Inputs.Length];
                for (int i = 0; i < operands.Length; i++)
                    operands[i] = Get(region, node.Apply.Inputs[i], access);
                return elementwise.Lower(region.Body, operands);
            case Generator generator:
                return generator.Lower(region.Body, new Place(this, region, node, access), node.Type);
            case Contraction:
                return region.Body.Carried(node.DType, ProductNumber(node.DType));
            default:
                throw new GraphException($"{node} ({node.Apply.Origin}) has no lowering inside a loop.");
        }
    }

    private Value Carry(RegionBuilder user, RegionBuilder home, Node node, Access access)
    {
        var value = Get(home, node, access);
        if (!home.Carried.TryGetValue(value, out int number))
            home.Carried.Add(value, number = NewCarried(value.Type));
        return user.Body.Carried(value.Type, number);
    }

    // A contraction group has one product, and nothing else is carried.
    private int ProductNumber(DType type) => CarriedTypes.Count > 0 ? 0 : NewCarried(type);

    private int NewCarried(DType type)
    {
        CarriedTypes.Add(type);
        return CarriedTypes.Count - 1;
    }

    private AccumulationBuilder Accumulate(int m, Reduction reduction)
    {
        if (accumulations.TryGetValue(m, out var found))
            return found;
        var (node, access) = group.Members[m];
        var operand = node.Apply.Inputs[0];
        var at = group.IntoOperand(node, access);
        var region = Loop(ready[m] - 1);
        var made = new AccumulationBuilder(ready[m] - 1, reduction, operand.DType, NewCarried);
        accumulations.Add(m, made);
        var place = new Place(this, region, operand, at);
        made.Step = reduction.Step(region.Body,
            [.. made.Carried.Select(c => region.Body.Carried(CarriedTypes[c], c))], Get(region, operand, at),
            type => place.Position(type, reduction.Axes));
        region.HasAccumulators = true;
        return made;
    }

    // What it takes to compute a member again in a later loop, down to memory and values carried.
    private int CostOf(int m, int stage)
    {
        var (node, access) = group.Members[m];
        int cost = node.Op is Elementwise e ? e.Cost : RecomputeLimit + 1;
        foreach (var (x, at) in OperandsOf(node, access))
        {
            var (root, rootAccess) = Storage.Resolve(x, at);
            if (cost <= RecomputeLimit && Varies(rootAccess) && members.TryGetValue((root, rootAccess), out int operand)
                && ready[operand] < stage)
                cost += CostOf(operand, stage);
        }
        return cost;
    }

    // Per member: the last loop that reads it, where it is recomputed included. Consumers come after operands.
    private int[] LastUse
    {
        get
        {
            if (lastUse is not null)
                return lastUse;
            var stages = ready.Select(_ => new SortedSet<int>()).ToArray();
            for (int m = ready.Length - 1; m >= 0; m--)
            {
                var (node, access) = group.Members[m];
                int[] computed = node.Op is Reduction
                    ? [group.IsTotal(node, access) ? group.Totals.Max(t => ready[members[t]]) : ready[m] - 1]
                    : [ready[m], .. stages[m].Where(s => s > ready[m] && CostOf(m, s) <= RecomputeLimit)];
                foreach (var (x, at) in OperandsOf(node, access))
                    if (Storage.Resolve(x, at) is var (root, rootAccess) && members.TryGetValue((root, rootAccess), out int operand))
                        stages[operand].UnionWith(computed);
            }
            return lastUse = [.. stages.Select(s => s.Max)];
        }
    }

    // A value for a later loop waits in an output of its type that is not written before the last of its uses, or in a
    // temporary.
    private int Spill(int m)
    {
        if (spilled.TryGetValue(m, out int slot))
            return slot;
        var (node, access) = group.Members[m];
        var home = group.Outputs.FirstOrDefault(o => o.Value == node && o.At.Equals(access))
            ?? group.Outputs.FirstOrDefault(o => IsVacant(o, node.DType, LastUse[m]));
        slot = home is not null ? Slot(home.Buffer, home.Target, home.Buffer.Shape) : TemporarySlot(node.DType);
        spilled.Add(m, slot);
        var region = Loop(ready[m]);
        if (home?.Value != node)
            region.Stores.Add((slot, Get(region, node, access)));
        return slot;
    }

    private bool IsVacant(GroupOutput output, DType type, int last) =>
        output.Value.DType == type && output.At.DomainAxes.Length == group.Domain.Length && output.Value == output.Buffer
        && members.TryGetValue((output.Value, output.At), out int m) && ready[m] >= last
        && !spilled.ContainsValue(Slot(output.Buffer, output.Target, output.Buffer.Shape));

    private int TemporarySlot(DType type)
    {
        var bytes = group.Domain.Aggregate(Dim.Of(type.Size), (n, d) => n * d);
        Slots.Add(new(new Temporary(bytes), type, new(group.Domain.Select((_, a) => AxisAccess.Along(a))), Adjoint.Shape.Of(group.Domain)));
        return Slots.Count - 1;
    }

    private int Slot(Node node, Access access, Shape shape)
    {
        var owner = Storage.Owner(node);
        int found = Slots.FindIndex(s => s.Buffer == owner && s.Access.Equals(access) && s.Shape == shape);
        if (found >= 0)
            return found;
        Slots.Add(new(owner, node.DType, access, shape));
        return Slots.Count - 1;
    }

    private int Parameter(Dim dim)
    {
        int found = Parameters.IndexOf(dim);
        if (found >= 0)
            return found;
        Parameters.Add(dim);
        return Parameters.Count - 1;
    }

    /// <summary>Memory under construction: who owns it and how the loops address it.</summary>
    internal sealed record SlotBuilder(object Buffer, DType Type, Access Access, Shape Shape)
    {
        /// <summary>Bytes per step of each domain axis.</summary>
        public Dim[] ByteStrides(int domainRank)
        {
            var dense = Storage.DenseStrides(Shape);
            var result = Enumerable.Repeat(Dim.Zero, domainRank).ToArray();
            for (int a = 0; a < dense.Length; a++)
                foreach (var (axis, step) in Access.Axes[a].Steps)
                    result[axis] += dense[a] * step * Type.Size;
            return result;
        }

        /// <summary>Bytes from the start of the memory to the element at coordinate 0.</summary>
        public Dim ByteOffset()
        {
            var dense = Storage.DenseStrides(Shape);
            var offset = Dim.Zero;
            for (int a = 0; a < dense.Length; a++)
                offset += dense[a] * Access.Axes[a].Start * Type.Size;
            return offset;
        }
    }

    private sealed class RegionBuilder(int stage, bool inLoop, int capacity)
    {
        public int Stage { get; } = stage;
        public bool InLoop { get; } = inLoop;
        public Body Body { get; } = new(capacity);
        public Dictionary<(Node, Access), Value> Values { get; } = new(capacity);
        public Dictionary<Value, int> Carried { get; } = [];
        public List<(int, Value)> Stores { get; } = [];
        public bool HasAccumulators { get; set; }
        public bool HasEffect => Stores.Count > 0 || HasAccumulators;
        public Region Build() => new(Body, [.. Carried.Select(c => (c.Value, c.Key))], [.. Stores]);
    }

    private sealed class AccumulationBuilder
    {
        private readonly Body identity = new(), merge = new();
        private readonly ImmutableArray<Value> first, merged;
        private readonly Reduction op;

        public AccumulationBuilder(int stage, Reduction op, DType type, Func<DType, int> newCarried)
        {
            (Stage, this.op) = (stage, op);
            first = op.Identity(identity, type);
            Carried = [.. first.Select(v => newCarried(v.Type))];
            int n = first.Length;
            merged = op.Merge(merge, [.. first.Select((v, i) => merge.Carried(v.Type, i))],
                [.. first.Select((v, i) => merge.Carried(v.Type, n + i))]);
        }

        public int Stage { get; }
        public ImmutableArray<int> Carried { get; }
        public ImmutableArray<Value> Step { get; set; }
        public Accumulation Build() => new(Carried, identity, first, Step, merge, merged, op);
    }

    private sealed class Place(GroupLowering lowering, RegionBuilder region, Node node, Access access) : IPlace
    {
        private Body Body => region.Body;

        public TensorType Operand(int input) => node.Apply.Inputs[input].Type;

        public Value Index(DType type, int axis)
        {
            var at = access.Axes[axis];
            Value? position = at.Start == Dim.Zero && at.Steps.Length > 0 ? null : Extent(type, at.Start);
            foreach (var (domainAxis, step) in at.Steps)
            {
                lowering.Indexed.Add(domainAxis);
                var index = Body.Index(type, domainAxis);
                var moved = step == 1 ? index : Body.Multiply(index, Body.Constant(type, step));
                position = position is { } before ? Body.Add(moved, before) : moved;
            }
            return position!.Value;
        }

        public Value Extent(DType type, Dim dim) => dim.TryConstant(out long value)
            ? Body.ConstantBits(type, type == DType.Int32 ? (uint)(int)value : type == DType.Int64 ? value : type.Visit(new BitsOf(value)))
            : Body.Convert(Body.Parameter(DType.Int64, lowering.Parameter(dim)), type);

        public Value Element(int input) => lowering.Get(region, node.Apply.Inputs[input], access);

        // Views on the way move the coordinates; a general reshape shares its operand's memory.
        public Value Load(int input, ReadOnlySpan<Value> at)
        {
            var (x, coordinates) = (node.Apply.Inputs[input], at.ToArray());
            for (; x.Op is View view && view.Map(x.Apply.Inputs[0].Type, x.Type) is { } map; x = x.Apply.Inputs[0])
                coordinates = Through(map, coordinates, x.Apply.Inputs[0].Shape);
            var offset = Body.Constant(DType.Int64, 0);
            var stride = Dim.One;
            for (int a = coordinates.Length - 1; a >= 0; a--)
            {
                offset = Body.Add(offset, Body.Multiply(Body.Convert(coordinates[a], DType.Int64), Extent(DType.Int64, stride)));
                stride *= x.Shape[a];
            }
            var origin = new Access(x.Shape.Select(_ => AxisAccess.Fixed));
            return Body.Gather(x.DType, lowering.Slot(x, origin, x.Shape), offset);
        }

        private Value[] Through(IndexMap map, Value[] at, Shape operand)
        {
            Value[] result = [.. map.Start.Select(s => Extent(DType.Int64, s))];
            for (int a = 0; a < at.Length; a++)
                if (map.Axis[a] is >= 0 and var axis && operand[axis] != Dim.One)
                    result[axis] = Body.Add(result[axis],
                        Body.Multiply(Body.Convert(at[a], DType.Int64), Body.Constant(DType.Int64, map.Step[a])));
            return result;
        }

        public bool HoldsPositions(int input, Dim extent)
        {
            var x = node.Apply.Inputs[input];
            while (x.Op is View)
                x = x.Apply.Inputs[0];
            if (x.Op is not Constant { Values: var values } || !extent.TryConstant(out long end))
                return false;
            var read = values.DType.Visit(new Elements.Longs(values));
            return Enumerable.Range(0, (int)values.Length).All(i => read(i) is >= 0 and var position && position < end);
        }

        public int Fails(string message)
        {
            string text = $"{message} ({node.Op.Name} at {node.Apply.Origin})";
            int known = lowering.errors.IndexOf(text);
            if (known < 0)
                lowering.errors.Add(text);
            return known < 0 ? lowering.errors.Count : known + 1;
        }

        /// <summary>The row-major position along some axes of the node.</summary>
        public Value Position(DType type, Axes axes)
        {
            Value? position = null;
            foreach (int axis in axes)
                if (node.Shape[axis] != Dim.One)
                    position = position is { } outer
                        ? Body.Add(Body.Multiply(outer, Extent(type, node.Shape[axis])), Index(type, axis)) : Index(type, axis);
            return position ?? Body.Constant(type, 0);
        }
    }

    private readonly struct BitsOf(long value) : IDTypeVisitor<long>
    {
        public long Visit<T>() where T : unmanaged => Bits.From(Bits.FromInt64<T>(value));
    }
}
