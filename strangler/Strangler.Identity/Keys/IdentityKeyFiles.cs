namespace Strangler.Identity;

/// <summary>Where a key pair lies.</summary>
/// <param name="PrivateKey">Full path of the PEM that signs: for the facade alone (configuration key <c>Identity:PrivateKey</c>).</param>
/// <param name="PublicKey">Full path of the PEM that verifies: for every service (configuration key <c>Identity:PublicKey</c>).</param>
/// <param name="Created">False when the pair was there already and was left as it is.</param>
public sealed record IdentityKeyFiles(string PrivateKey, string PublicKey, bool Created);
