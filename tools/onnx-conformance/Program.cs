using Adjoint.OnnxConformance;

return new CommandLine(Console.Out, Console.Error).Run(args);
