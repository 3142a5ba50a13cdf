namespace Strangler.Facade;

/// <summary>Why a request goes where it goes.</summary>
/// <param name="Route">The id of the route that owns it.</param>
/// <param name="Stage">The route's stage.</param>
/// <param name="Owner">Who answers: <c>legacy</c> or the service's name.</param>
/// <param name="Service">The service the route moves to; null when it names none.</param>
/// <param name="Destination">The address that the request is sent to.</param>
/// <param name="Reasons">Sentences: how the path is read, which routes fit and which one wins, what the stage means.</param>
public sealed record Explanation(string Route, Stage Stage, string Owner, string? Service, Uri Destination, IReadOnlyList<string> Reasons);
