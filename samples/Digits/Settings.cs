namespace Digits;

/// <summary>What a run is asked to do.</summary>
/// <param name="Data">A folder of IDX files; null for the digits inside this program.</param>
/// <param name="Epochs">How often every training image is seen.</param>
/// <param name="Batch">Images per step.</param>
/// <param name="Hidden">Units of the hidden layer.</param>
/// <param name="Seed">Decides which images are held out, the first weights and the order of images.</param>
/// <param name="Threads">Threads that one step may use.</param>
/// <param name="Out">The folder that takes drawings.</param>
/// <param name="Json">The file that takes figures; null for none.</param>
internal sealed record Settings(string? Data, int Epochs, int Batch, int Hidden, int Seed, int Threads, string Out, string? Json)
{
    /// <summary>The rate at which training starts; it falls to zero along half a cosine.</summary>
    public const double LearningRate = 0.005;

    /// <summary>Share of the rate by which a step shrinks the weights: 1,437 images are few for a network of this size.</summary>
    public const double WeightDecay = 0.05;
}
