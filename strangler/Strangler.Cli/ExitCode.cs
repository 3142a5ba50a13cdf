namespace Strangler.Cli;

/// <summary>What the tool's exit code means. Scripts rely on the numbers.</summary>
internal enum ExitCode
{
    /// <summary>Done, or there was nothing to do.</summary>
    Done = 0,

    /// <summary>The facade, the validator or the file system refused; the text says why.</summary>
    Failed = 1,

    /// <summary>The command line itself is wrong; nothing was tried.</summary>
    Usage = 2,

    /// <summary>Nobody answers where the facade, the anti-corruption layer or the database should be.</summary>
    Unreachable = 3,
}
