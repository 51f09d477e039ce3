namespace Digits;

/// <summary>Images and their classes, 0 to 9.</summary>
/// <param name="Pixels">Intensities from 0 to 1: image after image, row by row.</param>
/// <param name="Labels">A class per image.</param>
/// <param name="PixelsPerImage">Rows times columns.</param>
internal sealed record ImageSet(float[] Pixels, int[] Labels, int PixelsPerImage)
{
    public const int Classes = 10;

    public int Count => Labels.Length;

    /// <summary>The images at the given positions, in that order.</summary>
    public ImageSet Take(ReadOnlySpan<int> positions)
    {
        var taken = new ImageSet(new float[positions.Length * PixelsPerImage], new int[positions.Length], PixelsPerImage);
        taken.CopyFrom(this, positions);
        return taken;
    }

    /// <summary>Overwrites the first images of this set. Allocates nothing: batches are filled this way.</summary>
    public void CopyFrom(ImageSet source, ReadOnlySpan<int> positions)
    {
        for (int i = 0; i < positions.Length; i++)
        {
            source.Pixels.AsSpan(positions[i] * PixelsPerImage, PixelsPerImage).CopyTo(Pixels.AsSpan(i * PixelsPerImage));
            Labels[i] = source.Labels[positions[i]];
        }
    }

    /// <summary>Shuffles with a seed and holds out a fifth for testing.</summary>
    /// <exception cref="DataException">There are too few images for that.</exception>
    public Split HoldOut(int seed)
    {
        int held = Count / 5;
        if (held == 0)
            throw new DataException($"{Count} images are too few to hold out a fifth of them for testing.");
        int[] order = [.. Enumerable.Range(0, Count)];
        new Random(seed).Shuffle(order);
        return new(Take(order.AsSpan(held)), Take(order.AsSpan(0, held)));
    }
}

/// <summary>What a model learns from, and what it is judged by.</summary>
internal sealed record Split(ImageSet Train, ImageSet Test);
