using System.Globalization;
using System.Text;

namespace Digits;

/// <summary>Loss and test accuracy over epochs as an SVG picture.</summary>
internal static class LearningCurve
{
    private const double Width = 640, Height = 360, Left = 56, Right = 56, Top = 40, Bottom = 44;

    public static string Draw(IReadOnlyList<Epoch> epochs, string title)
    {
        double mostLoss = Math.Max(epochs.Max(e => e.Loss), 1e-9);
        double leastAccuracy = Math.Floor(epochs.Min(e => e.TestAccuracy) * 10) / 10;
        if (leastAccuracy >= 1)
            leastAccuracy = 0.9;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="Helvetica, Arial, sans-serif" font-size="12">
            <rect width="{Width}" height="{Height}" fill="white"/>
            <text x="{Width / 2}" y="22" text-anchor="middle" font-size="14">{title}</text>
            <text x="{Width / 2}" y="{Height - 8}" text-anchor="middle">epoch</text>
            <text x="{Left}" y="{Top - 8}" fill="firebrick">training loss</text>
            <text x="{Width - Right}" y="{Top - 8}" text-anchor="end" fill="seagreen">test accuracy</text>

            """);
        for (int tick = 0; tick <= 4; tick++)
            Tick(svg, tick / 4.0, mostLoss, leastAccuracy, epochs[^1].Number);
        Line(svg, epochs, "firebrick", e => e.Loss / mostLoss);
        Line(svg, epochs, "seagreen", e => (e.TestAccuracy - leastAccuracy) / (1 - leastAccuracy));
        return svg.Append("</svg>\n").ToString();
    }

    private static void Tick(StringBuilder svg, double share, double mostLoss, double leastAccuracy, int epochs) => svg.Append(CultureInfo.InvariantCulture, $"""
        <line x1="{Left}" x2="{Width - Right}" y1="{Y(share):0.##}" y2="{Y(share):0.##}" stroke="gainsboro"/>
        <text x="{Left - 6}" y="{Y(share) + 4:0.##}" text-anchor="end" fill="firebrick">{share * mostLoss:0.00}</text>
        <text x="{Width - Right + 6}" y="{Y(share) + 4:0.##}" fill="seagreen">{leastAccuracy + share * (1 - leastAccuracy):0.000}</text>
        <text x="{X(share):0.##}" y="{Height - Bottom + 16}" text-anchor="middle">{share * epochs:0.#}</text>

        """);

    private static void Line(StringBuilder svg, IReadOnlyList<Epoch> epochs, string colour, Func<Epoch, double> share)
    {
        var points = epochs.Select(e =>
            string.Create(CultureInfo.InvariantCulture, $"{X((double)e.Number / epochs[^1].Number):0.##},{Y(share(e)):0.##}"));
        svg.Append(CultureInfo.InvariantCulture,
            $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{string.Join(' ', points)}\"/>\n");
    }

    private static double X(double share) => Left + share * (Width - Left - Right);

    private static double Y(double share) => Height - Bottom - Math.Clamp(share, 0, 1) * (Height - Top - Bottom);
}
