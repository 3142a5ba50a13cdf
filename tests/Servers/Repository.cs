namespace Strangler.Tests.Servers;

/// <summary>Where the checkout is that the tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Clinic.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException($"No Clinic.sln above '{AppContext.BaseDirectory}': the tests need the checkout they were built from.");
    }
}
