using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class SoftDeleteTests
{
    [Theory]
    // excluido, dt_excl, unificado_em, nome, status
    [InlineData("N", null, null, "MARIA", "A", "on file")]
    [InlineData(null, "", "0", "MARIA", "A", "on file")]
    [InlineData("S", null, null, "MARIA", "I", "flagged")]
    [InlineData("S", null, null, "MARIA", "A", "flagged")] // the conflict: removed wins
    [InlineData(" s", "25/07/2015", null, "MARIA", "A", "flagged 2015-07-25")]
    [InlineData("SIM", null, null, "MARIA", "A", "flagged")]
    [InlineData("1", null, null, "MARIA", "A", "flagged")]
    [InlineData(null, "25/07/2015", null, "MARIA", "A", "dated 2015-07-25")]
    [InlineData(null, "25/07/2015 10:00", null, "MARIA", null, "dated 2015-07-25")] // NULL status with a date
    [InlineData(null, "00/00/0000", null, "MARIA", "A", "on file")]
    [InlineData(null, "31/12/9999", null, "MARIA", "A", "on file")]
    [InlineData(null, "ontem", null, "MARIA", "A", "on file !removed_at.unreadable")]
    [InlineData("S", "ontem", null, "MARIA", "A", "flagged !removed_at.unreadable")]
    [InlineData("N", null, null, "***NAO USAR*** MARIA", "A", "marked")]
    [InlineData("N", null, null, " ***Não  usar***MARIA", "A", "marked")]
    [InlineData("N", null, null, "MARIA ***NAO USAR***", "A", "on file")]
    [InlineData("N", null, null, "MARIA", "9", "status")]
    [InlineData("N", null, "42", "MARIA", "A", "merged into 42")]
    [InlineData("S", "25/07/2015", "42", "***NAO USAR*** MARIA", "9", "merged into 42")]
    [InlineData("N", null, "7", "MARIA", "A", "on file !surviving_id.itself")]
    [InlineData("S", null, "7", "MARIA", "A", "flagged !surviving_id.itself")]
    [InlineData("N", null, "abc", "MARIA", "A", "on file !surviving_id.unreadable")]
    [InlineData("X", null, null, "MARIA", "A", "on file !removed.unknown-flag")]
    public void X9_any_of_five_spellings_takes_a_patient_off_file(
        string? flag, string? date, string? mergedInto, string? name, string? status, string outcome)
    {
        var (removal, warnings) = SoftDelete.Read(new(flag, date, mergedInto, name, status), patientId: 7);

        var what = removal switch
        {
            null => "on file",
            { SurvivingId: { } survivor } => $"merged into {survivor}",
            _ => $"{removal.Reason} {removal.At:yyyy-MM-dd}".Trim(),
        };
        Assert.Equal(outcome, string.Join(" !", [what, .. warnings]));
    }
}
