using System.Buffers.Binary;
using System.Text;

namespace Strangler.AntiCorruption.Tests;

/// <summary>The messages of the change stream, byte for byte as the manual lists them, and bytes that no server sends.</summary>
public sealed class PgOutputTests
{
    private const uint Person = 16_400;
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly Bytes Relation = new Bytes('R').Number32(Person).Text("public").Text("person").Number8('d').Number16(3)
        .Number8(1).Text("id").Number32(23).Number32(uint.MaxValue)
        .Number8(0).Text("name").Number32(25).Number32(uint.MaxValue)
        .Number8(0).Text("note").Number32(25).Number32(uint.MaxValue);

    private static readonly Bytes Begin = new Bytes('B').Number64(0x1000).Number64((ulong)(Noon - new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)).Ticks / 10).Number32(700);
    private static readonly Bytes Commit = new Bytes('C').Number8(0).Number64(0x1000).Number64(0x1030).Number64(0);
    private static readonly Bytes Insert = new Bytes('I').Number32(Person).Number8('N').Row("1", "José", null);
    private static readonly Bytes Update = new Bytes('U').Number32(Person).Number8('N').Row("1", "Zé", Unchanged);
    private static readonly Bytes KeyUpdate = new Bytes('U').Number32(Person).Number8('K').Row("1", null, null).Number8('N').Row("2", "", Unchanged);
    private static readonly Bytes FullUpdate = new Bytes('U').Number32(Person).Number8('O').Row("2", "", "long").Number8('N').Row("2", "x", Unchanged);
    private static readonly Bytes KeyDelete = new Bytes('D').Number32(Person).Number8('K').Row("2", null, null);
    private static readonly Bytes FullDelete = new Bytes('D').Number32(Person).Number8('O').Row("3", "y", null);
    private static readonly Bytes Truncate = new Bytes('T').Number32(1).Number8(0).Number32(Person);
    private static readonly Bytes Message = new Bytes('M').Number8(1).Number64(0x900).Text("somebody").Number32(2).Number8(0xff).Number8(0xfe);

    private static string Unchanged => SourceRow.Unchanged;

    public static TheoryData<string, byte[]> WellFormed => new()
    {
        { "relation", Relation.Array }, { "begin", Begin.Array }, { "commit", Commit.Array }, { "insert", Insert.Array }, { "update", Update.Array },
        { "update of the key", KeyUpdate.Array }, { "update with the old row", FullUpdate.Array }, { "delete", KeyDelete.Array },
        { "delete with the old row", FullDelete.Array }, { "truncate", Truncate.Array }, { "message", Message.Array },
    };

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "only 0 of 1 bytes", [] },
        { "a message of kind 0x53", new Bytes('S').Number32(700).Number8(1).Array },
        { "a change of table number 9, which was not named before", new Bytes('I').Number32(9).Number8('N').Row("1").Array },
        { "a row of table 'person' with 2 values for 3 columns", new Bytes('I').Number32(Person).Number8('N').Row("1", "a").Array },
        { "a value of kind 0x62", new Bytes('I').Number32(Person).Number8('N').Number16(3).Number8('b').Number32(1).Number8(1).Array },
        { "a negative count", new Bytes('I').Number32(Person).Number8('N').Number16(ushort.MaxValue).Array },
        { "a negative length", new Bytes('I').Number32(Person).Number8('N').Number16(3).Number8('t').Number32(uint.MaxValue).Array },
        { "only 0 of 2147483647 bytes", new Bytes('I').Number32(Person).Number8('N').Number16(3).Number8('t').Number32(int.MaxValue).Array },
        { "bytes that are not UTF-8; is the database's encoding SQL_ASCII?", new Bytes('I').Number32(Person).Number8('N').Number16(3).Number8('t').Number32(2).Number8(0xc3).Number8(0x28).Array },
        { "0x4b in place of 'N'", new Bytes('I').Number32(Person).Number8('K').Row("1", null, null).Array },
        { "an old row of kind 0x4e", new Bytes('D').Number32(Person).Number8('N').Row("1", null, null).Array },
        { "a text without an end", new Bytes('R').Number32(1).Number8('p').Array },
        { "a time that no clock shows", new Bytes('B').Number64(1).Number64(long.MaxValue).Number32(1).Array },
        { "a truncate of too many tables", new Bytes('T').Number32(int.MaxValue).Number8(0).Array },
    };

    [Fact]
    public async Task Every_kind_of_change_is_read()
    {
        var transaction = NewTransaction();

        foreach (var message in (Bytes[])[Begin, Relation, Insert, Update, KeyUpdate, FullUpdate, Message, KeyDelete, FullDelete, Commit]) await transaction.TakeAsync(message.Array, CancellationToken.None);
        var part = transaction.TakePart()!;

        Assert.True(part.EndsTransaction);
        Assert.Equal((0x1030ul, Noon), (part.Position, part.CommittedAt));
        Assert.Equal(Enumerable.Range(0, 6).Select(static ordinal => (0x1000ul, (uint)ordinal)), part.Changes.Select(static change => (change.Version.Position, change.Version.Ordinal)));
        Assert.Equal(
            [
                "Insert - 1|José|∅",
                "Update - 1|Zé|…",
                "Update 1 2||…",
                "Update 2||long 2|x|long",
                "Delete 2 -",
                "Delete 3|y|∅ -",
            ],
            part.Changes.Select(static change => $"{change.Kind} {Text(change.Before)} {Text(change.After)}"));
    }

    [Theory]
    [MemberData(nameof(WellFormed))]
    public async Task A_message_that_ends_too_early_or_too_late_is_refused(string name, byte[] message)
    {
        for (var length = 0; length < message.Length; length++)
        {
            var cut = message.AsMemory(0, length);
            await Assert.ThrowsAsync<PgOutputException>(async () => await Known().Result.TakeAsync(cut, CancellationToken.None));
        }

        var refused = await Assert.ThrowsAsync<PgOutputException>(async () => await Known().Result.TakeAsync((byte[])[.. message, 0], CancellationToken.None));
        Assert.True(refused.Message.Contains("1 bytes too many", StringComparison.Ordinal), $"{name}: {refused.Message}");
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_no_server_sends_is_refused_by_name(string found, byte[] message)
    {
        var transaction = await Known();

        var refused = await Assert.ThrowsAsync<PgOutputException>(async () => await transaction.TakeAsync(message, CancellationToken.None));

        Assert.StartsWith($"The server's change stream cannot be read: {found}.", refused.Message, StringComparison.Ordinal);
        Assert.Null(refused.InnerException);
    }

    [Fact]
    public async Task Whatever_byte_is_wrong_nothing_else_happens_than_a_refusal_or_another_row()
    {
        var random = new Random(4);
        for (var attempt = 0; attempt < 20_000; attempt++)
        {
            var transaction = await Known();
            var message = WellFormed.ElementAt(random.Next(WellFormed.Count)).Data.Item2.ToArray();
            message[random.Next(message.Length)] = (byte)random.Next(256);
            var failure = await Record.ExceptionAsync(async () => await transaction.TakeAsync(message, CancellationToken.None));

            Assert.True(failure is null or PgOutputException, $"{Convert.ToHexString(message)}: {failure}");
        }
    }

    [Fact]
    public async Task A_message_outside_a_transaction_ends_none()
    {
        var transaction = await Known();
        await transaction.TakeAsync(Commit.Array, CancellationToken.None);
        Assert.NotNull(transaction.TakePart());

        await transaction.TakeAsync(Message.Array, CancellationToken.None);

        Assert.False(transaction.Ended);
    }

    private static PostgresTransaction NewTransaction() => new(
        static (relation, _) => Task.FromResult<IReadOnlyList<string>>([.. relation.Columns.Select(static column => $"type {column.Type}")]), after: 0, new());

    private static async Task<PostgresTransaction> Known()
    {
        var transaction = NewTransaction();
        await transaction.TakeAsync(Begin.Array, CancellationToken.None);
        await transaction.TakeAsync(Relation.Array, CancellationToken.None);
        return transaction;
    }

    private static string Text(SourceRow? row) => row is null ? "-" : string.Join('|', row.Columns.Select(column => row.IsUnchanged(column) ? "…" : row.Text(column) ?? "∅"));

    /// <summary>A message as the server writes it.</summary>
    private sealed class Bytes
    {
        private readonly List<byte> bytes = [];

        public Bytes(char kind) => Number8(kind);

        public byte[] Array => [.. bytes];

        public Bytes Number8(int value)
        {
            bytes.Add((byte)value);
            return this;
        }

        public Bytes Number16(ushort value) => Add(2, span => BinaryPrimitives.WriteUInt16BigEndian(span, value));

        public Bytes Number32(uint value) => Add(4, span => BinaryPrimitives.WriteUInt32BigEndian(span, value));

        public Bytes Number64(ulong value) => Add(8, span => BinaryPrimitives.WriteUInt64BigEndian(span, value));

        public Bytes Text(string value)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(value));
            return Number8(0);
        }

        public Bytes Row(params string?[] values)
        {
            Number16((ushort)values.Length);
            foreach (var value in values)
            {
                if (value is null) Number8('n');
                else if (ReferenceEquals(value, Unchanged)) Number8('u');
                else
                {
                    var text = Encoding.UTF8.GetBytes(value);
                    Number8('t').Number32((uint)text.Length);
                    bytes.AddRange(text);
                }
            }

            return this;
        }

        private Bytes Add(int length, Action<byte[]> write)
        {
            var number = new byte[length];
            write(number);
            bytes.AddRange(number);
            return this;
        }
    }
}
