using Adjoint.Benchmarks;
using BenchmarkDotNet.Running;

// compare SUITE [--json FILE]: alternates Adjoint with baselines in this process and prints ratios.
// anything else: BenchmarkDotNet's own command line.
if (args is ["compare", ..])
    return Comparison.Run(args[1..]);
BenchmarkSwitcher.FromAssembly(typeof(Comparison).Assembly).Run(args);
return 0;
