using System.Globalization;
using System.Text;

namespace Samples;

/// <summary>A drawing in coordinates of its own, y upward, as an SVG file.</summary>
/// <param name="left">Smallest x.</param>
/// <param name="bottom">Smallest y.</param>
/// <param name="right">Largest x.</param>
/// <param name="top">Largest y.</param>
internal sealed class Svg(double left, double bottom, double right, double top)
{
    private const double Width = 640, Height = 400, Margin = 40;

    private readonly StringBuilder shapes = new();

    /// <summary>Draws a line through points.</summary>
    public Svg Line(IEnumerable<(double X, double Y)> points, string colour, double width = 1.5)
    {
        string path = string.Join(" ", points.Select(p => $"{X(p.X)},{Y(p.Y)}"));
        shapes.Append(CultureInfo.InvariantCulture,
            $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>\n");
        return this;
    }

    /// <summary>Draws a dot at each point.</summary>
    public Svg Dots(IEnumerable<(double X, double Y)> points, string colour, double radius = 3)
    {
        foreach (var (x, y) in points)
            shapes.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(x)}\" cy=\"{Y(y)}\" r=\"{radius}\" fill=\"{colour}\"/>\n");
        return this;
    }

    /// <summary>Writes at a point.</summary>
    public Svg Text(double x, double y, string text)
    {
        shapes.Append(CultureInfo.InvariantCulture,
            $"<text x=\"{X(x)}\" y=\"{Y(y)}\" font-family=\"sans-serif\" font-size=\"14\">{text}</text>\n");
        return this;
    }

    /// <summary>Writes the file.</summary>
    public void Save(string path) => File.WriteAllText(path,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n{shapes}</svg>\n");

    private string X(double x) => Text(Margin + (x - left) / (right - left) * (Width - 2 * Margin));

    private string Y(double y) => Text(Height - Margin - (y - bottom) / (top - bottom) * (Height - 2 * Margin));

    private static string Text(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
