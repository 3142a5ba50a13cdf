namespace Strangler.Facade;

/// <summary>The JSON schema of <c>routes.json</c>, for editors. It knows the shape; rules across entries are the validator's alone.</summary>
public static class RoutesSchema
{
    /// <summary>The name that a routes.json refers to by <c>"$schema": "./routes.schema.json"</c>.</summary>
    public const string FileName = "routes.schema.json";

    /// <summary>The schema's text (JSON schema 2020-12).</summary>
    public static string Text { get; } = Load();

    private static string Load()
    {
        using var stream = typeof(RoutesSchema).Assembly.GetManifestResourceStream(FileName)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
