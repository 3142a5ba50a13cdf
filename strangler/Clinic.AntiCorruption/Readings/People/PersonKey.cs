using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Clinic.AntiCorruption.Readings;

/// <summary>
/// X7: one person has a row per employer, and true duplicates besides. Rows with the same valid CPF are one person; without one, the same
/// name (accents apart) and the same birth date are; without those a row is a person of its own. Hashed so that the key can stand in a log
/// without spelling the CPF; whoever has all CPFs can still find one, so it is a pseudonym and not anonymous.
/// </summary>
internal static class PersonKey
{
    public static string Of(string? validCpf, string name, DateOnly? birth, long patientId)
    {
        var identity = validCpf is not null ? $"cpf:{validCpf}"
            : birth is { } day ? string.Create(CultureInfo.InvariantCulture, $"name:{NameReading.KeyOf(name)}|{day:yyyy-MM-dd}")
            : string.Create(CultureInfo.InvariantCulture, $"patient:{patientId}");

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 16));
    }
}
