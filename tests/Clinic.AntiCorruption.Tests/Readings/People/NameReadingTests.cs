using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class NameReadingTests
{
    [Theory]
    [InlineData("JOSE SILVA", "JOSE SILVA")]
    [InlineData("JOSÉ", "JOSÉ")]
    [InlineData("JOS\u00C3\u0089", "JOSÉ !encoding-repaired")] // UTF-8 read as Latin-1
    [InlineData("JOS\u00C3\u2030", "JOSÉ !encoding-repaired")] // UTF-8 read as Windows-1252
    [InlineData("JO\u00C3\u0192\u00C2\u0083O", "JOÃO !encoding-repaired")] // twice, by both
    [InlineData("CONCEI\u00C3\u0192\u00E2\u20AC\u00A1\u00C3\u0192\u00C6\u2019O", "CONCEIÇÃO !encoding-repaired")] // twice, by Windows-1252
    [InlineData("JOS\uFFFD", "JOS? !lossy")] // Latin-1 read as UTF-8: the letter is gone
    [InlineData("JOS? DA CONCEI??O", "JOS? DA CONCEI??O !lossy")]
    [InlineData("D\u0092AVILA", "D'AVILA !encoding-repaired !quotes-straightened")]
    [InlineData("D\u2019AVILA", "D'AVILA !quotes-straightened")]
    [InlineData("\u201CZECA\u201D", "\"ZECA\" !quotes-straightened")]
    [InlineData("JOS&Eacute; &amp; FILHOS", "JOSÉ & FILHOS !entities-decoded")]
    [InlineData("JO&#195;O", "JOÃO !entities-decoded")]
    [InlineData("A&#xD800;B", "A&#xD800;B")] // half a character is no character
    [InlineData("MA\0RIA", "MARIA !controls-dropped")]
    [InlineData("MA\u0001RIA", "MARIA !controls-dropped")]
    [InlineData("JOSE\u0301", "JOSÉ")] // decomposed
    [InlineData("ANA   MARIA  ", "ANA MARIA")]
    [InlineData("ANA\tMARIA\r\n", "ANA MARIA")]
    [InlineData("ANA\u00A0MARIA", "ANA MARIA")]
    [InlineData("ŁUKASZ", "ŁUKASZ")] // in no western code page: nothing was misread
    [InlineData("", "missing")]
    [InlineData(null, "missing")]
    [InlineData(" \0 ", "missing")]
    public void X8_words_are_what_their_writer_meant(string? text, string outcome) =>
        Assert.Equal(outcome, NameReading.Read(text).ToString());

    [Theory]
    [InlineData("MARIA DE SOUZA DOS SANTOS E SILVA", "Maria de Souza dos Santos e Silva")]
    [InlineData("JOÃO DA CONCEIÇÃO", "João da Conceição")]
    [InlineData("DA SILVA", "Da Silva")]
    [InlineData("ANA-MARIA D'ÁVILA", "Ana-Maria D'Ávila")]
    [InlineData("PEDRO ALVES II", "Pedro Alves II")]
    [InlineData("Maria McDonald", "Maria McDonald")]
    [InlineData("İBRAHIM", "İbrahim")]
    [InlineData("JOS? DA SILVA", "Jos? da Silva !lossy")]
    [InlineData("", "refused X8.no-name: nome is empty, or nothing legible is left of it")]
    [InlineData(null, "refused X8.no-name: nome is empty, or nothing legible is left of it")]
    public void X8_a_person_has_a_name_in_mixed_case(string? text, string outcome) =>
        Assert.Equal(outcome, NameReading.ReadPerson(text).ToString());

    [Theory]
    [InlineData("MARIA DE SOUZA")]
    [InlineData("İBRAHIM ıŞIK")]
    [InlineData("STRAßE ŒUVRE ǅ ΣΊΣΥΦΟΣ")]
    public void A_screen_in_capitals_shows_the_same_name_as_before(string name) =>
        Assert.Equal(name.ToUpperInvariant(), ProperCase.Of(name).ToUpperInvariant());

    [Theory]
    [InlineData("João da Conceição", "JOAO DA CONCEICAO")]
    [InlineData("JOA\u0303O DA CONCEIC\u0327A\u0303O", "JOAO DA CONCEICAO")]
    [InlineData("joao da conceicao", "JOAO DA CONCEICAO")]
    public void Spellings_of_one_name_share_their_search_key(string words, string key) => Assert.Equal(key, NameReading.KeyOf(words));
}
