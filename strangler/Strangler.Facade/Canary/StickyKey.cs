namespace Strangler.Facade;

/// <summary>What keeps a user on one side. The text tells the kinds apart, so that a session cannot pass for a user; it never leaves the facade.</summary>
internal readonly record struct StickyKey(string Kind, string Text)
{
    public static StickyKey User(string name) => new("user", $"user:{name}");

    public static StickyKey Session(ReadOnlySpan<char> value) => new("session", $"session:{value}");

    public static StickyKey Own(ReadOnlySpan<char> value) => new("cookie", $"cookie:{value}");
}
