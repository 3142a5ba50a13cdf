namespace Strangler.Facade.Tests;

public sealed class AcceptedFormTests
{
    [Theory]
    [InlineData("", "Text")]
    [InlineData("*/*", "Text")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "Html")]
    [InlineData("application/json, text/plain, */*", "Json")]
    [InlineData("text/html;q=0.5, application/json;q=0.9", "Json")]
    [InlineData("application/json;q=0.5, text/html;q=0.9", "Html")]
    [InlineData("application/problem+json;q=0.1", "Json")]
    [InlineData("text/html, application/json", "Html")]
    [InlineData("application/json, text/html", "Json")]
    [InlineData("application/*", "Json")]
    [InlineData("text/html;q=0, text/*", "Text")]
    [InlineData("text/plain;q=0, text/*", "Html")]
    [InlineData("*/*;q=0.5, TEXT/HTML;Q=0.6", "Html")]
    [InlineData("image/png", "Text")]
    [InlineData("text/html;q=0, application/json;q=0, */*", "Text")]
    [InlineData("no such thing", "Text")]
    public void The_form_that_the_client_likes_best_is_chosen(string accept, string form) => Assert.Equal(form, AcceptedForm.Of(accept).ToString());
}
