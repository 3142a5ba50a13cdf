using System.Text;

namespace EndToEnd.Tests.Clinics;

/// <summary>What a user gets: status, headers in the order they came (without Date, which differs by nature) and bytes.</summary>
public sealed record Answer(int Status, string Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var lines = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(header => header.Key != "Date")
            .SelectMany(header => header.Value.Select(value => $"{header.Key}: {value}"))
            .Order(StringComparer.Ordinal);
        return new((int)response.StatusCode, string.Join('\n', lines), await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>Fails with both sides when status, headers or one byte differ.</summary>
    public static void AssertSame(string what, Answer before, Answer after)
    {
        Assert.True(before.Status == after.Status, $"{what}: status was {before.Status}, is {after.Status}.");
        Assert.True(before.Headers == after.Headers, $"{what}: headers were\n{before.Headers}\n\nare\n{after.Headers}");
        if (before.Body.AsSpan().SequenceEqual(after.Body)) return;

        var at = before.Body.AsSpan().CommonPrefixLength(after.Body);
        Assert.Fail($"{what}: bodies differ at byte {at} ({before.Body.Length} bytes before, {after.Body.Length} after):\n{Around(before.Body, at)}\n---\n{Around(after.Body, at)}");
    }

    private static string Around(byte[] body, int at) => Encoding.UTF8.GetString(body.AsSpan(Math.Max(0, at - 80)..Math.Min(body.Length, at + 120)));
}
