using System.Globalization;
using System.Text;
using Beyla.Host.Configuration.Toml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Beyla.Host.Configuration.Import;

/// <summary>Reads YAML as the tree that TOML has, with YAML's places. All that the host knows of YAML; scalars are those of the core schema (YAML 1.2, 10.3).</summary>
internal sealed class YamlReader
{
    /// <summary>More nodes than any configuration has: aliases can make them out of nothing.</summary>
    private const int MaxNodes = 100_000, MaxDepth = 64;

    private readonly string _fileName;
    private int _nodes;

    private YamlReader(string fileName) => _fileName = fileName;

    /// <summary>Reads a file of one document, which must be a mapping. Keys without a value are left out.</summary>
    /// <exception cref="TomlException">It is none; with its place.</exception>
    public static TomlTable Parse(string text, string fileName)
    {
        YamlStream stream = [];
        try
        {
            stream.Load(new MergingParser(new Parser(new StringReader(text))));
        }
        catch (YamlException e)
        {
            // The library puts the place before the message, too.
            string sentence = e.Message[(e.Message.IndexOf("): ", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0)..].TrimEnd('.');
            throw new TomlException(fileName, Position(e.Start), $"this is not YAML: {sentence}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet's scanner trips over some broken texts without saying where.
            throw new TomlException(fileName, new TomlPosition(1, 1), "this is not YAML");
        }
        if (stream.Documents.Count == 0) return new TomlTable(new TomlPosition(1, 1), TomlTableOrigin.Header);
        if (stream.Documents.Count > 1) throw new TomlException(fileName, Position(stream.Documents[1].RootNode.Start), "a second document begins here; a configuration is one document");
        return new YamlReader(fileName).Read(stream.Documents[0].RootNode, depth: 0) is TomlTable table
            ? table
            : throw new TomlException(fileName, Position(stream.Documents[0].RootNode.Start), "this is no mapping of keys to values");
    }

    private TomlValue? Read(YamlNode node, int depth)
    {
        TomlPosition position = Position(node.Start);
        if (depth > MaxDepth || ++_nodes > MaxNodes) throw new TomlException(_fileName, position, "the file is nested too deep or its aliases repeat too much");
        return node switch
        {
            YamlMappingNode mapping => Table(mapping, position, depth),
            YamlSequenceNode sequence => Array(sequence, position, depth),
            YamlScalarNode scalar => Scalar(scalar, position),
            _ => throw new TomlException(_fileName, position, "this is neither a value nor a list nor a mapping"),
        };
    }

    private TomlTable Table(YamlMappingNode mapping, TomlPosition position, int depth)
    {
        TomlTable table = new(position, TomlTableOrigin.Header);
        foreach ((YamlNode keyNode, YamlNode valueNode) in mapping.Children)
        {
            TomlPosition place = Position(keyNode.Start);
            if (keyNode is not YamlScalarNode { Value: { } key }) throw new TomlException(_fileName, place, "a key is not a plain text");
            if (Read(valueNode, depth + 1) is { } value) table.Add(new TomlKeyPart(key, place), value);
        }
        return table;
    }

    private TomlArray Array(YamlSequenceNode sequence, TomlPosition position, int depth)
    {
        List<TomlValue> items = [.. sequence.Children.Select(child => Read(child, depth + 1)).OfType<TomlValue>()];
        TomlArray array = new(position, ofTables: items.Count > 0 && items.TrueForAll(i => i is TomlTable));
        array.Items.AddRange(items);
        return array;
    }

    private static TomlValue? Scalar(YamlScalarNode scalar, TomlPosition position)
    {
        string text = scalar.Value ?? "";
        if (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any)) return new TomlString(position, text);
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => new TomlBoolean(position, true),
            "false" or "False" or "FALSE" => new TomlBoolean(position, false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => new TomlInteger(position, number),
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) => new TomlFloat(position, number),
            _ => new TomlString(position, text),
        };
    }

    private static TomlPosition Position(Mark mark) => new((int)mark.Line, (int)mark.Column);
}
