using Adjoint.Operations;

namespace Adjoint.Codegen;

/// <summary>The kinds of memory that a tensor can live in.</summary>
internal enum PlaceKind
{
    /// <summary>An argument or result of the call: the caller's memory.</summary>
    External,

    /// <summary>A variable's storage in the parameter store.</summary>
    Parameter,

    /// <summary>A constant that the executable owns, or what was prepared from constants.</summary>
    Constant,

    /// <summary>The arena of the call.</summary>
    Arena,
}

/// <summary>Where a tensor lives.</summary>
/// <param name="Kind">Which kind of memory.</param>
/// <param name="Index">Number of the external, variable, constant, or arena buffer.</param>
internal readonly record struct MemoryPlace(PlaceKind Kind, int Index);

/// <summary>Where each tensor that lies in memory lives: assigned once, for all bindings of the symbols.</summary>
internal sealed class MemoryPlaces
{
    private readonly Dictionary<object, MemoryPlace> places = new(ReferenceEqualityComparer.Instance);
    private readonly List<object> arena = [];
    private readonly List<object> constants = [];

    /// <summary>Assigns inputs, outputs and variables; what else is asked for goes to constants or the arena.</summary>
    public MemoryPlaces(Computation f)
    {
        for (int i = 0; i < f.Inputs.Length; i++)
            places[f.Inputs[i]] = new(PlaceKind.External, i);
        for (int i = 0; i < f.Outputs.Length; i++)
            places[Storage.Owner(f.Outputs[i].Value)] = new(PlaceKind.External, f.Inputs.Length + i);
        for (int i = 0; i < f.Variables.Length; i++)
            places[f.Variables[i]] = new(PlaceKind.Parameter, i);
    }

    /// <summary>Tensors and temporaries in the arena, by number.</summary>
    public IReadOnlyList<object> Arena => arena;

    /// <summary>Constants in memory, and temporaries that are prepared from them, by number.</summary>
    public IReadOnlyList<object> Constants => constants;

    /// <summary>Gives a temporary memory that keeps its values from call to call.</summary>
    public void Prepare(Temporary temporary)
    {
        constants.Add(temporary);
        places.Add(temporary, new(PlaceKind.Constant, constants.Count - 1));
    }

    /// <summary>Lets an update's value be computed right into the variable's storage.</summary>
    public void WriteInPlace(Update update) => places[update.Value] = places[update.Variable];

    /// <summary>Whether a node has been given memory.</summary>
    public bool Has(Node node) => places.ContainsKey(node);

    /// <summary>Where a node or temporary lives.</summary>
    public MemoryPlace this[object buffer]
    {
        get
        {
            if (!places.TryGetValue(buffer, out var place))
                places.Add(buffer, place = Assign(buffer));
            return place;
        }
    }

    /// <summary>Bytes of a node's or temporary's memory.</summary>
    public static Dim BytesOf(object buffer) => buffer is Temporary t ? t.Bytes : ((Node)buffer).Type.ByteCount;

    private MemoryPlace Assign(object buffer)
    {
        if (buffer is Node { Op: Constant })
        {
            constants.Add(buffer);
            return new(PlaceKind.Constant, constants.Count - 1);
        }
        arena.Add(buffer);
        return new(PlaceKind.Arena, arena.Count - 1);
    }
}
