using BenchmarkDotNet.Running;

// Micro --filter '*' [--job short]: options are BenchmarkDotNet's.
BenchmarkSwitcher.FromAssembly(typeof(Micro.PipelineBenchmarks).Assembly).Run(args);
