namespace Strangler.Facade;

/// <summary>The token that this request carries to its service.</summary>
internal sealed record SignedIdentity(string Token);
