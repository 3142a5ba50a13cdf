using System.Diagnostics;

namespace Strangler.Messaging.Tests;

/// <summary>JournalConsumer, the consumer <c>counters</c> as a process of its own.</summary>
internal sealed class ConsumerProcess : IAsyncDisposable
{
    private readonly Process process;

    private ConsumerProcess(Process process) => this.process = process;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    public static ConsumerProcess Start(MessagingOptions options, string store, string? dieAt = null, bool whole = false)
    {
        List<string> arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "JournalConsumer.dll"),
            "--Store", store,
            "--Messaging:Exchange", options.Exchange,
            "--Messaging:Partitions", $"{options.Partitions}",
            "--Messaging:RabbitMq:Uri", options.RabbitMq.Uri!,
            "--Messaging:RabbitMq:QueueSettleTime", $"{options.RabbitMq.QueueSettleTime}",
        ];
        if (options.Former.Exchange is { } former) arguments.AddRange(["--Messaging:Former:Exchange", former, "--Messaging:Former:Partitions", $"{options.Former.Partitions}"]);
        if (whole) arguments.AddRange(["--Whole", "true"]);
        if (dieAt is not null) arguments.AddRange(["--DieAt", dieAt]);
        return new(Process.Start(new ProcessStartInfo("dotnet", arguments))!);
    }

    public async Task UntilItDiesAsync()
    {
        using var deadline = new CancellationTokenSource(Sample.Deadline);
        await process.WaitForExitAsync(deadline.Token);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await UntilItDiesAsync();
    }

    /// <summary>As an administrator stops it.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await UntilItDiesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }
}
