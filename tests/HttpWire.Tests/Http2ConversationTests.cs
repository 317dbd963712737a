namespace HttpWire.Tests;

/// <summary>Conversations of another implementation are understood, and nothing is ever made up, whatever part of them is missing.</summary>
public sealed class Http2ConversationTests
{
    private static readonly IReadOnlyList<Conversation> s_conversations = Conversation.Missing is null ? Conversation.Make(seed: 1, count: 25) : [];

    [ConversationTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Take_WholeConversation_GivesEveryExchangeOnce(bool client)
    {
        foreach (Conversation conversation in s_conversations)
        {
            Listener listener = Listen(conversation.Pieces, client);

            Assert.Empty(listener.Drops);
            Assert.Equal(conversation.Exchanges.Count, listener.Spans.Count);
            foreach (Said said in conversation.Exchanges) AssertSame(said, Assert.Single(listener.Spans, s => s.Path == said.Path), client, whole: true);
        }
    }

    [ConversationTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Take_PiecesCutAnywhere_GiveTheSame(bool client)
    {
        Random random = new(2);
        foreach (Conversation conversation in s_conversations)
        {
            Listener listener = Listen(conversation.Pieces.SelectMany(p => Cut(p, random)), client);

            Assert.Empty(listener.Drops);
            Assert.Equal(conversation.Exchanges.Count, listener.Spans.Count);
            foreach (Said said in conversation.Exchanges) AssertSame(said, Assert.Single(listener.Spans, s => s.Path == said.Path), client, whole: true);
        }
    }

    [ConversationTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Take_BodiesNotCaptured_GiveTheSame(bool client)
    {
        foreach (Conversation conversation in s_conversations)
        {
            Listener listener = new(client);
            foreach (Piece piece in conversation.Pieces)
                listener.Take(piece, 1, captured: piece.Bytes.Length > 5000 && piece.Bytes[3] == 0 ? 20 : int.MaxValue);

            Assert.Equal(conversation.Exchanges.Count, listener.Spans.Count);
        }
    }

    [ConversationTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Take_JoinedMidway_TellsNothingWrong(bool client)
    {
        Random random = new(3);
        int heard = 0, known = 0;
        foreach (Conversation conversation in Enumerable.Repeat(s_conversations, 8).SelectMany(c => c))
        {
            Listener listener = Listen(conversation.Pieces.Skip(random.Next(conversation.Pieces.Count)), client);

            AssertNothingWrong(conversation, listener, client);
            heard += listener.Spans.Count;
            known += listener.Spans.Count(s => s.Path != "*");
        }
        Assert.InRange(known, heard * 9 / 10, heard); // paths differ, so nearly all of them are sent in full
        Assert.InRange(heard, s_conversations.Sum(c => c.Exchanges.Count) * 2, int.MaxValue);
    }

    [ConversationTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Take_PiecesMissing_TellsNothingWrong(bool client)
    {
        Random random = new(4);
        int heard = 0;
        foreach (Conversation conversation in Enumerable.Repeat(s_conversations, 8).SelectMany(c => c))
        {
            Listener listener = Listen(conversation.Pieces.SelectMany(p => Cut(p, random)).Where(_ => random.Next(30) > 0), client, conversation);

            AssertNothingWrong(conversation, listener, client);
            heard += listener.Spans.Count;
        }
        Assert.InRange(heard, s_conversations.Sum(c => c.Exchanges.Count), int.MaxValue);
    }

    [ConversationTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Take_OnlyBeginningsCaptured_TellsNothingWrong(bool client)
    {
        Random random = new(5);
        foreach (Conversation conversation in Enumerable.Repeat(s_conversations, 4).SelectMany(c => c))
        {
            Listener listener = new(client);
            foreach (Piece piece in conversation.Pieces) listener.Take(piece, 1, captured: random.Next(10, 300));

            AssertNothingWrong(conversation, listener, client);
        }
    }

    /// <param name="pieces">What is heard.</param>
    /// <param name="client">By the client.</param>
    /// <param name="whole">The kernel counts all bytes, also those that are not heard.</param>
    private static Listener Listen(IEnumerable<Piece> pieces, bool client, Conversation? whole = null)
    {
        Listener listener = new(client);
        ulong time = 1000;
        foreach (Piece piece in pieces) listener.Take(piece, time += 10);
        listener.Close(time, Total(!client), Total(client));
        return listener;

        long Total(bool sent) => whole?.Pieces.Where(p => p.Sent == sent).Sum(p => (long)p.Bytes.Length) ?? -1;
    }

    private static IEnumerable<Piece> Cut(Piece piece, Random random)
    {
        for (int start = 0; start < piece.Bytes.Length;)
        {
            int length = Math.Min(piece.Bytes.Length - start, random.Next(4) == 0 ? random.Next(1, 12) : random.Next(1, 20000));
            yield return new Piece(piece.Sent, piece.Bytes[start..(start + length)], piece.Offset + start);
            start += length;
        }
    }

    private static void AssertNothingWrong(Conversation conversation, Listener listener, bool client)
    {
        foreach (Heard span in listener.Spans)
        {
            if (span.Path == "*") continue;
            AssertSame(Assert.Single(conversation.Exchanges, e => e.Path == span.Path), span, client, whole: false);
        }
        Assert.Equal(listener.Spans.Count(s => s.Path != "*"), listener.Spans.Select(s => s.Path).Where(p => p != "*").Distinct().Count());
    }

    /// <param name="said">What was said.</param>
    /// <param name="heard">The span.</param>
    /// <param name="client">Of the client.</param>
    /// <param name="whole">All was heard, so all must be there; else what is there must be right.</param>
    private static void AssertSame(Said said, Heard heard, bool client, bool whole)
    {
        if (heard.IsRpc) Compare("rpc.response.status_code", said.Grpc switch { null => heard["rpc.response.status_code"], 0 => "OK", 5 => "NOT_FOUND", _ => "INTERNAL" });
        else
        {
            Compare("http.response.status_code", said.Status == 0 ? null : $"{said.Status}");
            if (whole || heard["http.request.method"] != "_OTHER") Compare("http.request.method", said.Method);
            Compare("http.request.body.size", said.Reset ? null : $"{said.Request}");
            Compare("http.response.body.size", said.Reset ? null : $"{said.Response}");
        }
        string end = client ? "192.0.2.2" : "192.0.2.1";                // stands in for an authority that is not known
        if (whole || heard["server.address"] != end) Compare("server.address", said.Authority.Split(':')[0]);
        if (whole) Assert.Equal(said.Path.StartsWith("/pkg", StringComparison.Ordinal), heard.IsRpc);

        void Compare(string attribute, string? expected)
        {
            if (heard[attribute] is null && !whole) return;
            Assert.True(heard[attribute] == expected, $"{attribute} should be {expected} in\n{heard}");
        }
    }
}
