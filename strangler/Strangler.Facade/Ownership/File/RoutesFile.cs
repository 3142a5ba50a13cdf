using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Strangler.Facade;

/// <summary>Reads <c>routes.json</c>: the one validator that the facade and the tool share. A file is taken whole or refused whole.</summary>
public static partial class RoutesFile
{
    /// <summary>Reads and validates a file.</summary>
    /// <param name="path">Path of the file. A file that is missing or cannot be read is an error in the result, not an exception.</param>
    public static RoutesFileResult Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            return Refused($"The file '{path}' does not exist.", "Check the path; `strangler init --legacy URL` writes a first file.");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return Refused($"The file '{path}' cannot be read: {cause.Message}", "Make it readable for the user that runs this.");
        }
    }

    /// <summary>Validates the bytes of a file.</summary>
    /// <param name="file">UTF-8, with or without a byte order mark; JSON with comments and trailing commas.</param>
    public static RoutesFileResult Parse(byte[] file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var errors = new RouteErrors(file);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        var table = Root(file, errors) is { } root ? Table(hash, root, errors) : null;
        return new RoutesFileResult(hash, errors.Any ? null : table, errors.All) { Content = file };
    }

    /// <summary>The file as placed JSON; null when it is none, which is noted.</summary>
    internal static PlacedValue? Root(byte[] file, RouteErrors errors)
    {
        if (!Utf8.IsValid(file))
        {
            errors.Add(FirstNonUtf8(file), "$", null, "The file is not UTF-8.", "Save it as UTF-8.");
            return null;
        }

        if (string.IsNullOrWhiteSpace(Encoding.UTF8.GetString(file).TrimStart('\uFEFF')))
        {
            errors.Add(0, "$", null, "The file is empty.", "`strangler init --legacy URL` writes a first file.");
            return null;
        }

        try
        {
            return PlacedJson.Parse(file);
        }
        catch (JsonException cause)
        {
            errors.Add(Offset(file, cause), "$", null, $"This is not JSON: {ReaderPlace().Replace(cause.Message, "")}", "Comments and commas at the end of a list are allowed, nothing else that JSON has not.");
            return null;
        }
    }

    private static OwnershipTable? Table(string hash, PlacedValue root, RouteErrors errors)
    {
        var values = new ValueReader(errors);
        if (!values.IsObject(root, "$schema", "caseSensitive", "paths", "legacy", "services", "branches", "routes")) return null;
        if (root["$schema"] is { } schema) values.IsText(schema);
        var reading = new PathReader(errors).Read(root);
        var caseSensitive = root["caseSensitive"];
        if (caseSensitive is { Kind: not (JsonValueKind.True or JsonValueKind.False) }) errors.Add(caseSensitive, "'caseSensitive' must be true or false.", "Leave it out for false: paths are compared without case.");

        var owners = new OwnerReader(errors).Read(root);
        var sensitive = caseSensitive?.Kind == JsonValueKind.True;
        var branches = new BranchReader(errors).Read(root);
        var routes = new RouteReader(errors, owners, branches, sensitive).Read(root);
        if (root["routes"] is { Kind: JsonValueKind.Array } list) EverythingElse.Check(list, routes, errors);
        Ambiguity.Check(routes, sensitive, errors);
        return errors.Any ? null : new OwnershipTable(hash, sensitive, owners, [.. routes.Select(route => route.Route)]) { Reading = reading, Branches = branches };
    }

    private static RoutesFileResult Refused(string message, string cure) =>
        new(Convert.ToHexStringLower(SHA256.HashData([])), null, [new RouteError(1, 1, "$", null, message, cure)]);

    private static int FirstNonUtf8(ReadOnlySpan<byte> file)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(file[at..], out _, out var used) == System.Buffers.OperationStatus.Done) at += used;
        return at;
    }

    private static int Offset(ReadOnlySpan<byte> file, JsonException cause)
    {
        var at = 0;
        for (var line = cause.LineNumber ?? 0; line > 0; line--) at += file[at..].IndexOf((byte)'\n') + 1;
        return Math.Min(at + (int)(cause.BytePositionInLine ?? 0), file.Length);
    }

    // The reader ends its message with a place of its own, counted from 0.
    [GeneratedRegex(@" LineNumber: \d+ \| BytePositionInLine: \d+\.$")]
    private static partial Regex ReaderPlace();
}
