namespace Strangler.Facade;

/// <summary>How legacy reads a path, where that differs from how a Kestrel-hosted application does: every spelling of one resource must have one owner.</summary>
[Flags]
internal enum PathReading
{
    /// <summary>As Kestrel: <c>%2F</c>, <c>\</c>, <c>;…</c> and empty segments are parts of the path.</summary>
    Plain = 0,

    /// <summary><c>%2F</c> separates segments.</summary>
    EncodedSlashes = 1,

    /// <summary><c>\</c> and <c>%5C</c> separate segments, as at IIS.</summary>
    Backslashes = 2,

    /// <summary>What follows a <c>;</c> in a segment is not part of the path, as in Java's servers.</summary>
    WithoutParameters = 4,

    /// <summary>Several slashes in a row are one.</summary>
    MergedSlashes = 8,
}
