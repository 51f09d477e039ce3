return Digits.CommandLine.Run(args, Console.Out, Console.Error);
