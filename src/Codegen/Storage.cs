using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>Which node's memory holds a tensor, and how a dense tensor lies in it.</summary>
internal static class Storage
{
    /// <summary>The node that owns the memory: a reshape shares its operand's.</summary>
    public static Node Owner(Node node)
    {
        while (node.Op is Reshape)
            node = node.Apply.Inputs[0];
        return node;
    }

    /// <summary>
    /// The node that lies behind a chain of views, and its access
    /// given that of the view; a general reshape ends the chain.
    /// </summary>
    public static (Node Root, Access Access) Resolve(Node node, Access access)
    {
        while (node.Op is View view && view.Map(node.Apply.Inputs[0].Type, node.Type) is { } map)
        {
            access = access.Through(map, node.Apply.Inputs[0].Type);
            node = node.Apply.Inputs[0];
        }
        return (node, access);
    }

    /// <summary>The owner of the memory behind a chain of views.</summary>
    public static Node OwnerBehindViews(Node node)
    {
        while (node.Op is View view && view.Map(node.Apply.Inputs[0].Type, node.Type) is not null)
            node = node.Apply.Inputs[0];
        return Owner(node);
    }

    /// <summary>Elements from one position to the next on each axis of a dense row-major tensor.</summary>
    public static Dim[] DenseStrides(Shape shape)
    {
        var strides = new Dim[shape.Rank];
        var stride = Dim.One;
        for (int a = shape.Rank - 1; a >= 0; a--)
        {
            strides[a] = stride;
            stride *= shape[a];
        }
        return strides;
    }
}
