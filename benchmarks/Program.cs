using Adjoint.Benchmarks;
using Adjoint.Benchmarks.AdBench;
using BenchmarkDotNet.Running;

// compare SUITE [--json FILE]: Adjoint and baselines in turns in this process.
// peers [OPTIONS]: the same with other libraries; start it by benchmarks/peers/compare.sh.
// table JSON [PAGE]: what peers wrote, as Markdown.
// adbench --input DIR --output DIR ...: the objectives and derivatives of ADBench's files, checked and timed.
// anything else: BenchmarkDotNet's own command line.
switch (args)
{
    case ["compare", .. var rest]:
        return Comparison.Run(rest);
    case ["peers", .. var rest]:
        return PeerComparison.Run(rest);
    case ["table", .. var rest]:
        return TableCommand.Run(rest);
    case ["adbench", .. var rest]:
        return AdBenchCommand.Run(rest);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Comparison).Assembly).Run(args);
        return 0;
}
