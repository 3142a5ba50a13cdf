using System.Text.Json.Serialization;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

public sealed class SourceVocabularyTests
{
    private static readonly SourceVocabulary Words = new(["tb_pessoa", "nome", "dt_nasc"], ["A", "INATIVO", "1900-01-01"]);

    public sealed record Plain(string Name, string? Status, int? Kind, IReadOnlyList<Part> Parts);

    public sealed record Part(string Nome, string Label);

    [JsonConverter(typeof(JsonStringEnumConverter<How>))]
    public enum How
    {
        Fine,
        Inativo,
    }

    public sealed record Left(How How);

    public sealed record Clean(string Name, DateOnly? BornOn, int Kind);

    [Fact]
    public void A_message_in_the_words_of_its_domain_is_clean()
    {
        Assert.Empty(Words.FindIn(new DomainMessage("shop.person.stated.v1", "person/A", new Clean("Ana A", new(1980, 2, 29), 1), ["born_on.guessed"])));
        Assert.Empty(Words.FindIn(MessageContract.Of<Clean>("shop.person.stated.v1")));
    }

    [Fact]
    [Behaviour(40)]
    public void Every_place_where_a_word_of_the_source_stands_is_named()
    {
        var message = new DomainMessage("shop.tb_pessoa.stated.v1", "tb_pessoa/7", new Plain("Ana", "a", 1, [new("A", "inativo"), new("b", "c")]), ["dt_nasc.guessed", "name.nome-lost"]);

        Assert.Equal(
            [
                "shop.tb_pessoa.stated.v1: type has the name 'tb_pessoa'",
                "shop.tb_pessoa.stated.v1: key has the name 'tb_pessoa'",
                "shop.tb_pessoa.stated.v1: warning has the name 'dt_nasc'",
                "shop.tb_pessoa.stated.v1: warning has the name 'nome'",
                "shop.tb_pessoa.stated.v1: $.status is the code 'a'",
                "shop.tb_pessoa.stated.v1: $.parts[] has the name 'nome'",
                "shop.tb_pessoa.stated.v1: $.parts[].nome is the code 'A'",
                "shop.tb_pessoa.stated.v1: $.parts[].label is the code 'inativo'",
            ],
            Words.FindIn(message));
    }

    [Fact]
    [Behaviour(40)]
    public void A_date_that_stands_for_none_is_a_code() =>
        Assert.Equal(
            ["shop.person.stated.v1: $.born_on is the code '1900-01-01'"],
            Words.FindIn(new DomainMessage("shop.person.stated.v1", "person/7", new Clean("Ana", new(1900, 1, 1), 1), [])));

    [Fact]
    [Behaviour(40)]
    public void Names_and_values_of_a_contract_are_looked_at_as_those_of_a_message()
    {
        Assert.Equal(["shop.nome.stated.v1: type has the name 'nome'", "shop.nome.stated.v1: $.parts[] has the name 'nome'"], Words.FindIn(MessageContract.Of<Plain>("shop.nome.stated.v1")));
        Assert.Equal(["shop.person.left.v1: $.how[] is the code 'Inativo'"], Words.FindIn(MessageContract.Of<Left>("shop.person.left.v1")));
    }
}
