using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Strangler.Facade;

/// <summary>Chooses the form of an answer by the client's Accept header, as RFC 9110 (12.5.1) has it: the most specific range that fits a form gives its quality.</summary>
internal static class AcceptedForm
{
    private static readonly (PageForm Form, string[] Types)[] Forms =
    [
        (PageForm.Text, ["text/plain"]),
        (PageForm.Html, ["text/html"]),
        (PageForm.Json, ["application/problem+json", "application/json"]),
    ];

    /// <summary>The form that the client likes best; of equals the one that it names more exactly, then earlier; plain text when nothing decides, or nothing fits.</summary>
    public static PageForm Of(StringValues accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges)) return PageForm.Text;
        var (best, form) = (default(Liking), PageForm.Text);
        foreach (var (candidate, types) in Forms)
        {
            foreach (var type in types)
            {
                if (LikingOf(type, ranges) is not { Quality: > 0 } liking || liking.CompareTo(best) <= 0) continue;
                (best, form) = (liking, candidate);
            }
        }

        return form;
    }

    private static Liking LikingOf(string type, IList<MediaTypeHeaderValue> ranges)
    {
        var found = default(Liking);
        for (var place = 0; place < ranges.Count; place++)
        {
            var exact = ExactnessOf(ranges[place], type);
            if (exact > found.Exactness) found = new Liking(ranges[place].Quality ?? 1, exact, place);
        }

        return found;
    }

    private static int ExactnessOf(MediaTypeHeaderValue range, string type) =>
        range.MatchesAllTypes ? 1
        : range.MatchesAllSubTypes && type.StartsWith(range.Type.ToString() + "/", StringComparison.OrdinalIgnoreCase) ? 2
        : range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase) ? 3
        : 0;

    private readonly record struct Liking(double Quality, int Exactness, int Place) : IComparable<Liking>
    {
        public int CompareTo(Liking other) => (Quality, Exactness, -Place).CompareTo((other.Quality, other.Exactness, -other.Place));
    }
}

/// <summary>In which form the facade's own answers come.</summary>
internal enum PageForm
{
    Text,
    Html,
    Json,
}
