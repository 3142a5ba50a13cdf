namespace Strangler.AntiCorruption;

/// <summary>The log says something that the protocol does not: reading on would guess at rows. Quotes no value.</summary>
/// <param name="found">What was found where it cannot be.</param>
internal sealed class PgOutputException(string found)
    : Exception($"The server's change stream cannot be read: {found}. Changes are read as PostgreSQL 14 and newer send them by protocol 1 of pgoutput; is something between the layer and the server?");
