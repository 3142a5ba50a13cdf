using System.Xml.Linq;
using Strangler.Tests.Servers;

namespace Architecture.Tests;

/// <summary>One csproj as found on disk.</summary>
internal sealed record ProjectFile(string Name, string RelativePath, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    /// <summary>Every csproj of the checkout, whether or not the solution knows it.</summary>
    public static IReadOnlyList<ProjectFile> All { get; } = Find();

    public static ProjectFile Named(string name) => All.Single(project => project.Name == name);

    public string Folder => Path.GetDirectoryName(Repository.PathOf(RelativePath))!;

    private static ProjectFile[] Find() =>
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(path => !path.StartsWith("artifacts/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    private static ProjectFile Read(string path)
    {
        var xml = XDocument.Load(Repository.PathOf(path));
        return new(
            Path.GetFileNameWithoutExtension(path),
            path,
            [.. xml.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!))],
            [.. xml.Descendants("PackageReference").Select(reference => (string)reference.Attribute("Include")!)]);
    }
}
