using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Clinic.Absenteeism.Tests.Running;

namespace Clinic.Absenteeism.Tests.Api;

public sealed class OpenApiTests(OnSqlite running) : IClassFixture<OnSqlite>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A difference is a change for every client: take it over into the file beside this one on purpose, or not at all.</summary>
    [Fact]
    public async Task Description_is_the_one_on_file()
    {
        var description = JsonNode.Parse(await running.Service.Stranger.GetStringAsync("/openapi/v1.json"))!.AsObject();
        description.Remove("servers"); // The port of this test.

        Assert.Equal(await File.ReadAllTextAsync(OnFile()), description.ToJsonString(Indented) + "\n");
    }

    private static string OnFile([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "openapi.v1.json");
}
