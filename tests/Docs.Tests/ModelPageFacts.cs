using Adjoint;
using Adjoint.Files;
using Adjoint.Onnx;
using static Adjoint.Ops;

namespace Docs.Tests;

public class ModelPageFacts
{
    [SkippableFact]
    public void What_the_page_of_model_files_shows_runs()
    {
        string shared = Path.Combine(Repository.Root, "..", "shared", "onnx-models", "mnist-softmax-mlp", "model.onnx");
        Skip.IfNot(File.Exists(shared), "there is no model file here");
        using var folder = new TemporaryFolder();
        string path = folder.File("model.onnx"), weights = folder.File("weights.safetensors");
        File.Copy(shared, path);
        float[,,,] images = new float[2, 1, 28, 28];
        int[] digits = [3, 8];
        // begin
        // A model to run: initialisers are constants, inputs and outputs keep their names.
        Executable predict = OnnxModel.Load(path).Computation.Compile();
        HostTensor probabilities = predict.Run(images)["output"];

        // A model to train further: its weights are variables, named as in the file, with the file's values.
        OnnxModel model = OnnxModel.Load(path, new() { Trainable = _ => true });
        Node labels = Input("labels", DType.Int32, [2]);
        Node loss = Mean(NegativeLogLikelihood(Log(model["output"]), labels));
        var store = new ParameterStore();
        Executable step = new Computation([.. model.Computation.Inputs, labels], [loss])
            .WithUpdates(Sgd.Updates([.. model.Variables], Gradient.Of(loss, [.. model.Variables]), learningRate: 0.01))
            .Compile(store);
        float before = step.Run(images, digits).Scalar<float>(), after = step.Run(images, digits).Scalar<float>();

        // Weights out, and in again elsewhere.
        Safetensors.Write(weights, store.ToTensors());
        var other = new ParameterStore();
        other.Take(Safetensors.Read(weights));
        // end
        Assert.Equal(20, probabilities.Length);
        Assert.True(after < before);
        Assert.Equal(store.ToTensors().Count, other.ToTensors().Count);
        Assert.Equal(CodeBlock.InSource("ModelPageFacts.cs"), CodeBlock.InPage("docs/models.md", "OnnxModel.Load"));
    }
}
