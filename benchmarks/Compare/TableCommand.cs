namespace Adjoint.Benchmarks;

/// <summary><c>table JSON [PAGE]</c>: the table of measurements that <c>peers</c> wrote, printed or put into a page.</summary>
internal static class TableCommand
{
    public static int Run(string[] args)
    {
        if (args is not ([_] or [_, _]))
        {
            Console.Error.WriteLine("usage: table JSON [PAGE]");
            return 2;
        }
        string table = MarkdownTable.Of(MeasurementFile.ReadPeers(args[0]));
        if (args is [_, var page])
            Page.Refresh(page, table);
        else
            Console.WriteLine(table);
        return 0;
    }
}
