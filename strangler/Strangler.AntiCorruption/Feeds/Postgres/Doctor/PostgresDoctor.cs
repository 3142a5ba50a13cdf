using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>
/// Looks at a PostgreSQL source and changes nothing. The start of capture and <c>strangler doctor</c> ask the same questions: an error here is
/// what the start refuses, and what the start may do by itself is a note with <see cref="SourceFinding.CuredAtStart"/>.
/// </summary>
internal sealed class PostgresDoctor(NpgsqlConnection connection, PostgresFeedOptions options)
{
    /// <summary>Everything that decides whether capture starts, and what it has to do first.</summary>
    public async Task<IReadOnlyList<SourceFinding>> BeforeStartAsync(IReadOnlyList<CapturedTable> tables, CancellationToken cancellation)
    {
        var role = await PostgresRole.ReadAsync(connection, cancellation);
        var looked = new List<PostgresTable>();
        var findings = new List<SourceFinding>();
        findings.AddRange(await ServerFindings.OfAsync(connection, options, role, cancellation));
        findings.AddRange(SlotFindings.Foreign(await PostgresSlot.ReadAsync(connection, options.Slot, cancellation), options.Slot, connection.Database));
        foreach (var table in tables)
        {
            if (await PostgresTable.ReadAsync(connection, table, cancellation) is { } found) looked.Add(found);
            else findings.Add(TableFindings.Missing(table));
        }

        foreach (var table in looked) findings.AddRange(TableFindings.Of(table, role));
        findings.AddRange(await PublicationFindings.OfAsync(connection, options.Publication, [.. looked.Where(static table => table.IsPublishable)], role, cancellation));
        return findings;
    }

    /// <summary>That, and everything else worth knowing.</summary>
    public async Task<IReadOnlyList<SourceFinding>> ExamineAsync(IReadOnlyList<CapturedTable> tables, CancellationToken cancellation) =>
    [
        .. await BeforeStartAsync(tables, cancellation),
        .. SlotFindings.Of(await PostgresSlot.ReadAsync(connection, options.Slot, cancellation), options.Slot, connection.Database),
        .. await NoisyTables.OfAsync(connection, tables, cancellation),
    ];
}
