using System.Text.RegularExpressions;
using Clinic.Contracts.Absences;

namespace Clinic.AntiCorruption.Readings;

/// <summary>
/// Who certified an absence: the doctor's council number with or without the council's state ("CRM/RJ 123456", "123456-SP", "52-12345-6", which is how
/// Rio de Janeiro numbers its doctors), and the issuer in words.
/// </summary>
internal static partial class CertificateReading
{
    private const string States = "AC|AL|AM|AP|BA|CE|DF|ES|GO|MA|MG|MS|MT|PA|PB|PE|PI|PR|RJ|RN|RO|RR|RS|SC|SE|SP|TO";

    public static Reading<Certificate> Read(string? doctor, string? issuer)
    {
        var issuedBy = NameReading.Read(issuer);
        List<string> warnings = [.. issuedBy.Warnings.Select(code => $"issuer.{code}")];

        var typed = (doctor ?? "").Trim().ToUpperInvariant();
        var number = Doctor().Match(typed);
        if (typed.Length > 0 && !number.Success) warnings.Add("crm.unreadable");

        var crm = number.Success ? string.Concat(number.Groups["number"].Value.Where(char.IsAsciiDigit)) : null;
        var state = !number.Success ? null : number.Groups["rio"].Success ? "RJ" : number.Groups["state"].Value is { Length: > 0 } uf ? uf : null;
        var issuerName = issuedBy.IsKnown ? issuedBy.Value : null;

        return crm is null && issuerName is null
            ? warnings is [var why, ..] ? Reading<Certificate>.Unknown(why) : Reading<Certificate>.Missing()
            : Reading<Certificate>.Known(new(crm, state, issuerName), warnings);
    }

    [GeneratedRegex($@"^(CRM)?[\s:/\-]*((?<rio>(?<number>52[\-.]?[0-9]{{5}}-[0-9]))|(?<state>{States})?[\s:/\-]*(?<number>[0-9][0-9.]*)[\s/\-]*(?<state>{States})?)$")]
    private static partial Regex Doctor();
}
