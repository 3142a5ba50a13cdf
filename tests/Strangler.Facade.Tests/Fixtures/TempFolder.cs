namespace Strangler.Facade.Tests;

/// <summary>A folder of a test's own, gone when it ends.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("facade-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
