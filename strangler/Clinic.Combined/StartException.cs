namespace Clinic.Combined;

/// <summary>The clinic cannot start as asked; the message is what the user sees, a line for each thing that is wrong.</summary>
internal sealed class StartException(string message, Exception? cause = null) : Exception(message, cause);
