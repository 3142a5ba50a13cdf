using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class IcdReadingTests
{
    [Theory]
    [InlineData("M54.5", "M54.5 XIII")]
    [InlineData("m545", "M54.5 XIII")]
    [InlineData("M54", "M54 XIII")]
    [InlineData("M54-5", "M54.5 XIII")]
    [InlineData("Z00,0", "Z00.0 XXI")]
    [InlineData(" M54.5 LOMBALGIA", "M54.5 XIII")]
    [InlineData("M54-LOMBALGIA", "M54 XIII")]
    [InlineData("M54.", "M54 XIII")]
    [InlineData("DOR LOMBAR", "- other !words-only")]
    [InlineData("LOMBALGIA M54.5", "- other !words-only")]
    [InlineData("M54X", "- other !words-only")]
    [InlineData("M5", "- other !words-only")]
    [InlineData("M5455", "- other !words-only")]
    [InlineData("D49.1", "D49.1 other !no-chapter")]
    [InlineData("T99", "T99 other !no-chapter")]
    [InlineData("V00", "V00 other !no-chapter")]
    [InlineData("", "missing")]
    [InlineData(null, "missing")]
    public void X15_a_code_is_read_in_every_spelling(string? text, string outcome)
    {
        var reading = IcdReading.Read(text);

        var shown = reading.IsKnown
            ? string.Join(" !", [$"{reading.Value.Code ?? "-"} {reading.Value.Chapter}", .. reading.Warnings])
            : reading.ToString();
        Assert.Equal(outcome, shown);
    }

    [Theory]
    [InlineData("A00", "B99", "I")]
    [InlineData("C00", "D48", "II")]
    [InlineData("D50", "D89", "III")] // not by letter
    [InlineData("E00", "E90", "IV")]
    [InlineData("F00", "F99", "V")]
    [InlineData("G00", "G99", "VI")]
    [InlineData("H00", "H59", "VII")]
    [InlineData("H60", "H95", "VIII")] // not by letter
    [InlineData("I00", "I99", "IX")]
    [InlineData("J00", "J99", "X")]
    [InlineData("K00", "K93", "XI")]
    [InlineData("L00", "L99", "XII")]
    [InlineData("M00", "M99", "XIII")]
    [InlineData("N00", "N99", "XIV")]
    [InlineData("O00", "O99", "XV")]
    [InlineData("P00", "P96", "XVI")]
    [InlineData("Q00", "Q99", "XVII")]
    [InlineData("R00", "R99", "XVIII")]
    [InlineData("S00", "T98", "XIX")]
    [InlineData("V01", "Y98", "XX")]
    [InlineData("Z00", "Z99", "XXI")]
    [InlineData("U00", "U99", "XXII")]
    public void X15_a_chapter_is_a_range_of_categories(string first, string last, string chapter) =>
        Assert.Equal((chapter, chapter), (IcdChapters.Of(first), IcdChapters.Of(last)));

    [Fact]
    public void X15_categories_between_the_ranges_are_in_no_chapter() =>
        Assert.Equal(
            [.. Numbers('D', 49, 49), .. Numbers('D', 90, 99), .. Numbers('E', 91, 99), .. Numbers('H', 96, 99), .. Numbers('K', 94, 99), .. Numbers('P', 97, 99), .. Numbers('T', 99, 99), .. Numbers('V', 0, 0), .. Numbers('W', 1, 0), .. Numbers('Y', 99, 99)],
            Enumerable.Range('A', 26).SelectMany(letter => Numbers((char)letter, 0, 99)).Where(category => IcdChapters.Of(category) is null));

    private static IEnumerable<string> Numbers(char letter, int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(number => $"{letter}{number:00}");
}
