using System.Globalization;
using System.Runtime.InteropServices;

namespace Strangler.Bench;

/// <summary>Where it was measured.</summary>
internal sealed record Machine(int Cores, string Cpu, double MemoryGib, string Os, string Dotnet, double LoadAtStart)
{
    public static Machine Read() => new(
        Environment.ProcessorCount,
        ValueOf("/proc/cpuinfo", "model name"),
        Math.Round(double.Parse(ValueOf("/proc/meminfo", "MemTotal").Split(' ')[0], CultureInfo.InvariantCulture) / 1024 / 1024, 1),
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription,
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Cores} cores, {Cpu}, {MemoryGib} GiB, {Os}, {Dotnet}, load average at start {LoadAtStart}");

    private static string ValueOf(string file, string key) =>
        File.ReadLines(file).First(line => line.StartsWith(key, StringComparison.Ordinal)).Split(':', 2)[1].Trim();
}
