namespace Clinic.Contracts.Patients;

/// <summary>Sex as the clinic wrote it down.</summary>
public static class Sex
{
    /// <summary>Female.</summary>
    public const string Female = "female";

    /// <summary>Male.</summary>
    public const string Male = "male";

    /// <summary>Not written down, or not understood.</summary>
    public const string Unknown = "unknown";
}
