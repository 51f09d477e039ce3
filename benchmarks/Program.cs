using Adjoint.Benchmarks;
using Adjoint.Benchmarks.AdBench;
using BenchmarkDotNet.Running;

// compare SUITE [--json FILE]: alternates Adjoint with baselines in this process and prints ratios.
// adbench --input DIR --output DIR ...: the objectives and derivatives of ADBench's files, checked and timed.
// anything else: BenchmarkDotNet's own command line.
if (args is ["compare", ..])
    return Comparison.Run(args[1..]);
if (args is ["adbench", ..])
    return AdBenchCommand.Run(args[1..]);
BenchmarkSwitcher.FromAssembly(typeof(Comparison).Assembly).Run(args);
return 0;
