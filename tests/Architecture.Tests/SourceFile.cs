using Strangler.Tests.Servers;

namespace Architecture.Tests;

/// <summary>One C# file of the checkout.</summary>
internal sealed record SourceFile(string RelativePath, string Text)
{
    public static IEnumerable<SourceFile> Of(ProjectFile project) => Below(project.Folder);

    public static IEnumerable<SourceFile> Below(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(path => new SourceFile(Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'), File.ReadAllText(path)));
}
