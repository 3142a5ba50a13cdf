using Strangler.Cli.Admin;
using Strangler.Facade;

namespace Strangler.Cli.Flipping;

/// <summary>Holds promotions to the gates of the file. What leads back, or begins shadow or a first canary, passes without any.</summary>
internal static class Promotion
{
    /// <summary>The reason to write down: the one given, and that gates were passed by force.</summary>
    /// <exception cref="CommandFailedException">The gates do not pass, and nobody forces it.</exception>
    public static string Reason(GateReport report, StageSetting wanted, string why, bool force)
    {
        if (!report.Decides || report.Passes || !IsPromotion(report, wanted)) return why;
        if (force) return $"{why} (forced past the gates, {report.Summary})";
        throw new CommandFailedException(
            ExitCode.Failed, $"The gates of route '{report.Route}' do not let it on to {wanted}, so nothing was written. {report.Summary}. Wait, cure it, or take it on yourself: --force.");
    }

    private static bool IsPromotion(GateReport report, StageSetting wanted)
    {
        if (!StageWords.TryParse(report.Stage, out var now)) return false;
        return wanted.Stage switch
        {
            Stage.Canary => now == Stage.Shadow || (now == Stage.Canary && wanted.Share is { } share && share.Percent > report.Share),
            Stage.Service => now < Stage.Service,
            _ => false,
        };
    }
}
