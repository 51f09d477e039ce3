namespace Digits;

/// <summary>
/// A folder with digits as IDX files: <c>train-images*</c> and
/// <c>train-labels*</c>, perhaps <c>t10k-images*</c> and <c>t10k-labels*</c>.
/// </summary>
internal static class IdxFolder
{
    /// <summary>The images to learn from and those to test with: the t10k files where present, else a fifth held out.</summary>
    /// <exception cref="DataException">A file is missing or damaged, or files do not belong together.</exception>
    public static Split Load(string folder, int seed)
    {
        if (!Directory.Exists(folder))
            throw new DataException($"there is no folder '{folder}'.");
        var train = Load(folder, "train");
        if (Find(folder, "t10k-images") is null && Find(folder, "t10k-labels") is null)
            return train.HoldOut(seed);
        var test = Load(folder, "t10k");
        return test.PixelsPerImage == train.PixelsPerImage ? new(train, test)
            : throw new DataException($"{folder}: test images have {test.PixelsPerImage} pixels, training images {train.PixelsPerImage}.");
    }

    private static ImageSet Load(string folder, string part)
    {
        var images = IdxFile.Read(Demand(folder, $"{part}-images"), axes: 3);
        var labels = IdxFile.Read(Demand(folder, $"{part}-labels"), axes: 1);
        if (images.Extents[0] != labels.Extents[0])
            throw new DataException($"{images.Path} has {images.Extents[0]} images, {labels.Path} has {labels.Extents[0]} labels.");
        if (Array.FindIndex(labels.Elements, l => l >= ImageSet.Classes) is var wrong and >= 0)
            throw new DataException($"{labels.Path}: label {wrong} is {labels.Elements[wrong]}, not a digit.");
        return new(Array.ConvertAll(images.Elements, p => p / 255f), Array.ConvertAll(labels.Elements, l => (int)l),
            images.Extents[1] * images.Extents[2]);
    }

    private static string Demand(string folder, string prefix) => Find(folder, prefix)
        ?? throw new DataException($"there is no file {prefix}* in '{folder}'; IDX files such as {prefix}-idx{(prefix.EndsWith("images", StringComparison.Ordinal) ? 3 : 1)}-ubyte.gz are expected.");

    private static string? Find(string folder, string prefix) =>
        Directory.EnumerateFiles(folder, prefix + "*").Order(StringComparer.Ordinal).FirstOrDefault();
}
