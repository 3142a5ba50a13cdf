namespace Clinic.Contracts.Patients;

/// <summary>How the clinic took a patient off file.</summary>
public static class RemovalReason
{
    /// <summary>The patient was flagged as removed.</summary>
    public const string Flagged = "flagged";

    /// <summary>The patient got a date of removal.</summary>
    public const string Dated = "dated";

    /// <summary>The patient's status says removed.</summary>
    public const string Status = "status";

    /// <summary>The patient's name was marked as not to be used.</summary>
    public const string Marked = "marked";

    /// <summary>The record is gone for good.</summary>
    public const string Deleted = "deleted";

    /// <summary>The record can no longer be understood; it is off file until somebody corrects it.</summary>
    public const string Unreadable = "unreadable";
}
