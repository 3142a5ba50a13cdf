using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class PersonKeyTests
{
    private static readonly DateOnly Birth = new(1980, 2, 29);

    [Fact]
    public void X7_rows_with_the_same_valid_cpf_are_one_person_whatever_else_they_say() =>
        Assert.Equal(PersonKey.Of("52998224725", "Maria", Birth, 1), PersonKey.Of("52998224725", "Maria de Souza", null, 2));

    [Fact]
    public void X7_without_a_cpf_the_same_name_and_birth_date_are_one_person_accents_apart() =>
        Assert.Equal(PersonKey.Of(null, "José da Conceição", Birth, 1), PersonKey.Of(null, "JOSE DA CONCEICAO", Birth, 2));

    [Fact]
    public void X7_the_same_name_alone_is_not_one_person() =>
        Assert.NotEqual(PersonKey.Of(null, "Maria", null, 1), PersonKey.Of(null, "Maria", null, 2));

    [Fact]
    public void The_key_spells_neither_cpf_nor_name() => Assert.Matches("^[0-9a-f]{32}$", PersonKey.Of("52998224725", "Maria", Birth, 1));
}
