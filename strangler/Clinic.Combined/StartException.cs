namespace Clinic.Combined;

/// <summary>The clinic cannot start as asked; the message is the one line that the user sees.</summary>
internal sealed class StartException(string message, Exception? cause = null) : Exception(message, cause);
