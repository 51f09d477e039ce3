using Adjoint.Onnx.Schema;

namespace Adjoint.Onnx.Importing;

/// <summary>From a file to a computation: weights and inputs first, then nodes in order, then outputs.</summary>
internal sealed class ModelImporter
{
    private readonly ImportState state;
    private readonly OnnxFile file;
    private readonly Scope scope = new();
    private readonly List<Node> inputs = [];
    private readonly List<Variable> variables = [];

    private ModelImporter(OnnxFile file, OnnxOptions options) => (this.file, state) = (file, new(file, options));

    /// <summary>Imports a file.</summary>
    public static OnnxModel Run(OnnxFile file, OnnxOptions options)
    {
        try
        {
            return new ModelImporter(file, options).Run();
        }
        catch (Exception e) when (GraphImporter.IsOfFile(e))
        {
            throw new OnnxException($"{file.Name}: {e.Message}", e);
        }
    }

    private OnnxModel Run()
    {
        using var origin = Origin.Under(Origin.At(file.Name, 0));
        var importer = new GraphImporter(state, new(file.Model.OpsetImport, file.Name));
        DefineInputs();
        importer.DefineWeights(file.Graph, scope, Weight);
        importer.Run(file.Graph.Node, scope);
        var outputs = file.Graph.Output
            .Select(o => (Output)(o.Name, scope.Find(o.Name)
            ?? throw new OnnxException($"{file.Name}: no node defines the output '{o.Name}'."))).ToArray();
        var computation = new Computation([.. inputs], outputs, name: file.Graph.Name.Length > 0 ? file.Graph.Name : "model");
        return new(computation, [.. variables.Where(computation.Variables.Contains)]);
    }

    private void DefineInputs()
    {
        var unknown = state.Options.Constants.Keys
            .Concat(state.Options.Shapes.Keys).Except(file.Inputs.Select(i => i.Name)).FirstOrDefault();
        if (unknown is not null)
            throw new OnnxException($"{file.Name}: the options name an input '{unknown}', the file has {string.Join(", ", file.Inputs.Select(i => i.Name))}.");
        foreach (var input in file.Inputs)
            if (!scope.Define(input.Name, state.Options.Constants.TryGetValue(input.Name, out var value)
                ? Known(input, value) : Input(input)))
                throw new OnnxException($"{file.Name}: two inputs are called '{input.Name}'.");
    }

    private Node Known(OnnxValue input, HostTensor value)
    {
        value = state.Precision.Of(value);
        return input.DType is { } declared && state.Precision.Of(declared) != value.DType
            ? throw new OnnxException($"{file.Name}: input '{input.Name}' is {declared}, it is given {value}.")
                : Ops.Constant(value);
    }

    private Node Input(OnnxValue input)
    {
        if (input.DType is not { } dtype)
            throw new OnnxException($"{file.Name}: input '{input.Name}' is no tensor of {string.Join(", ", DType.All)}.") { IsUnsupported = true };
        var shape = state.Options.Shapes.GetValueOrDefault(input.Name) ?? input.Shape
            ?? throw new OnnxException($"{file.Name}: the shape of input '{input.Name}' is not declared; give it in {nameof(OnnxOptions)}.{nameof(OnnxOptions.Shapes)}.");
        if (input.Name.Length == 0)
            throw new OnnxException($"{file.Name}: an input has no name.");
        inputs.Add(Ops.Input(input.Name, state.Precision.Of(dtype), shape));
        return inputs[^1];
    }

    private Node Weight(TensorProto tensor, HostTensor values)
    {
        if (!values.DType.IsFloat || string.IsNullOrWhiteSpace(tensor.Name)
            || state.Options.Trainable?.Invoke(tensor.Name) != true)
            return Ops.Constant(values);
        variables.Add(new(tensor.Name, Shape.Of(values.Shape.ToArray().Select(Dim.Of)), Init.Values(values), values.DType));
        return variables[^1];
    }
}
