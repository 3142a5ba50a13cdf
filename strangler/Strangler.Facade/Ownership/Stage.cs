namespace Strangler.Facade;

/// <summary>Who answers a route, as written in <c>routes.json</c> in lower case.</summary>
public enum Stage
{
    /// <summary>Legacy answers; nothing else happens.</summary>
    Legacy,

    /// <summary>Legacy answers; a copy of requests that change nothing goes to the service afterwards, and the answers are compared.</summary>
    Shadow,

    /// <summary>The service answers a share of the users, legacy the others.</summary>
    Canary,

    /// <summary>The service answers.</summary>
    Service,

    /// <summary>The service answers and the legacy route is proven unused. Not yet accepted by the validator.</summary>
    Retired,
}

/// <summary>The words of the stages, the same in file, command line, JSON and metrics.</summary>
public static class StageWords
{
    private static readonly string[] Words = ["legacy", "shadow", "canary", "service", "retired"];

    /// <summary>The word of a stage, e.g. <c>legacy</c>.</summary>
    public static string Word(this Stage stage) => Words[(int)stage];

    /// <summary>Reads a word, exactly as written in the file (lower case).</summary>
    /// <returns>False when it is no stage.</returns>
    public static bool TryParse(string word, out Stage stage)
    {
        var index = Array.IndexOf(Words, word);
        stage = (Stage)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>The stages that a route may have today, in the order of a migration.</summary>
    public static IReadOnlyList<Stage> Supported { get; } = [Stage.Legacy, Stage.Shadow, Stage.Canary, Stage.Service];
}
