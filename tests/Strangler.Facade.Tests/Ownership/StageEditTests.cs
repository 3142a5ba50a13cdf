using System.Text;

namespace Strangler.Facade.Tests;

public sealed class StageEditTests
{
    private const string File = """
        { // é
          "routes": [
            {  "id": "a",  "stage":   "legacy"  /* now */ , },
            { "stage":"service", "id": "b" }, { "id": "c" }, { "id": "orders", "stage": "legacy" },
          ]
        }
        """;

    [Theory]
    [InlineData("a", Stage.Service, "\"stage\":   \"legacy\"", "\"stage\":   \"service\"", "legacy")]
    [InlineData("B", Stage.Legacy, "\"stage\":\"service\"", "\"stage\":\"legacy\"", "service")]
    public void Only_the_stage_of_the_route_changes(string route, Stage stage, string was, string now, string before)
    {
        var result = StageEdit.SetStage(Encoding.UTF8.GetBytes(File), route, stage);

        Assert.Empty(result.Errors);
        Assert.Equal(File.Replace(was, now), Encoding.UTF8.GetString(result.File!));
        Assert.Equal(before, result.Before);
    }

    [Theory]
    [InlineData("\"stage\": \"legacy\"", "\"stage\": \"canary\", \"canary\": { \"share\": 12.5 }", null)]
    [InlineData("\"stage\": \"legacy\", \"canary\": {}", "\"stage\": \"canary\", \"canary\": { \"share\": 12.5 }", null)]
    [InlineData("\"stage\": \"legacy\", \"canary\": { \"salt\": \"x\" }", "\"stage\": \"canary\", \"canary\": { \"share\": 12.5, \"salt\": \"x\" }", null)]
    [InlineData("\"canary\": { \"share\":5 /* é */ }, \"stage\": \"legacy\"", "\"canary\": { \"share\":12.5 /* é */ }, \"stage\": \"canary\"", "5")]
    public void A_share_is_written_where_it_stands_or_behind_the_stage(string was, string now, string? before)
    {
        Assert.True(Share.TryParse("12.50", out var share));

        var result = StageEdit.SetStage(Encoding.UTF8.GetBytes($$"""{ "routes": [ { "id": "a", {{was}} } ] }"""), "a", Stage.Canary, share);

        Assert.Equal($$"""{ "routes": [ { "id": "a", {{now}} } ] }""", Encoding.UTF8.GetString(result.File!));
        Assert.Equal(before, result.ShareBefore?.ToString());
    }

    [Theory]
    [InlineData("oredrs", "There is no route 'oredrs'. Did you mean \"orders\"?")]
    [InlineData("people", "There is no route 'people'. Routes of this file: \"a\", \"b\", \"c\", \"orders\".")]
    [InlineData("c", "'stage' is missing. Add \"stage\": \"service\".")]
    public void What_cannot_be_edited_is_said(string route, string error)
    {
        var result = StageEdit.SetStage(Encoding.UTF8.GetBytes(File), route, Stage.Service);

        Assert.Null(result.File);
        Assert.Equal(error, $"{result.Errors[0].Message} {result.Errors[0].Cure}");
    }
}
