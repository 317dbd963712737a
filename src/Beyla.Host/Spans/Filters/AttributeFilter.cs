using System.Buffers.Text;
using Beyla.Host.Configuration;

namespace Beyla.Host.Spans.Filters;

/// <summary>
/// Lets the spans pass whose attributes match (<c>[filter.application]</c>). A span must pass all rules; an attribute that it does not have counts as
/// empty, as in the original. <c>service.name</c> and <c>service.namespace</c> are attributes, too. Allocates nothing in the steady state.
/// </summary>
internal sealed class AttributeFilter(IReadOnlyList<AttributeRule> rules)
{
    private readonly Rule[] _rules = [.. rules.Select(r => new Rule(r))];

    private sealed class Rule(AttributeRule rule)
    {
        private readonly string _name = AttributeNames.Normalize(rule.Attribute);
        private readonly Glob _glob = new(rule.Pattern);
        private readonly bool _matchesNothing = new Glob(rule.Pattern).IsMatch("");

        /// <summary>The last key that was this attribute: tracers set theirs again and again.</summary>
        private AttributeKey? _key;

        public bool Passes(Span span, TracedProcess process) => Matches(span, process) != rule.Negated;

        private bool Matches(Span span, TracedProcess process)
        {
            if (_name == "service_name") return _glob.IsMatch(process.Service.Name);
            if (_name == "service_namespace") return _glob.IsMatch(process.Service.Namespace ?? "");
            for (int i = 0; i < span.AttributeCount; i++)
            {
                SpanAttribute attribute = span.AttributeAt(i);
                if (Is(attribute.Key)) return Matches(attribute);
            }
            return _matchesNothing;
        }

        private bool Is(AttributeKey key)
        {
            if (ReferenceEquals(key, _key)) return true;
            if (!AttributeNames.IsNormalized(_name, key.Name)) return false;
            _key = key;
            return true;
        }

        private bool Matches(SpanAttribute attribute)
        {
            Span<byte> text = stackalloc byte[32];
            int length;
            switch (attribute.Type)
            {
                case AttributeType.Text: return _glob.IsMatch(attribute.Text);
                case AttributeType.Boolean: return _glob.IsMatch(attribute.Boolean ? "true"u8 : "false"u8);
                case AttributeType.Integer: Utf8Formatter.TryFormat(attribute.Integer, text, out length); break;
                case AttributeType.Double: Utf8Formatter.TryFormat(attribute.Double, text, out length); break;
                default: return AnyMatches(attribute.Texts);
            }
            return _glob.IsMatch(text[..length]);
        }

        private bool AnyMatches(TextList texts)
        {
            foreach (ReadOnlySpan<byte> text in texts)
                if (_glob.IsMatch(text)) return true;
            return false;
        }
    }

    /// <summary>Whether the span passes.</summary>
    public bool Passes(Span span, TracedProcess process)
    {
        foreach (Rule rule in _rules)
            if (!rule.Passes(span, process)) return false;
        return true;
    }
}
