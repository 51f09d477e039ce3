using Adjoint.GraphvizDump;

await using var output = Console.OpenStandardOutput();
return await new CommandLine(output, Console.Error, new Graphviz()).Run(args);
