using System.Collections;
using Beyla.Host;
using Beyla.Host.Commands;

Dictionary<string, string> environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal);

using StopSignals signals = new(Environment.Exit);
return await new CommandRunner((services, options) => services.AddBeyla(options), environment, Terminal.Output, Terminal.Error)
    .RunAsync(args, signals.Token);
