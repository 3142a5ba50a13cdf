namespace Strangler.Identity;

/// <summary>A key file cannot be used; the message names the file, what is wrong with it and the cure. It never holds key material.</summary>
public sealed class IdentityKeyException : Exception
{
    /// <summary>States the problem.</summary>
    /// <param name="message">File, fault and cure, in one line.</param>
    /// <param name="cause">What the system said; null when the content itself is at fault.</param>
    public IdentityKeyException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
