namespace Clinic.Contracts.Absences;

/// <summary>All that is known of one absence from work. Recorded and corrected messages carry it whole, so that the newest message alone is enough.</summary>
public record AbsenceState
{
    /// <summary>Identity of the absence.</summary>
    public required long AbsenceId { get; init; }

    /// <summary>Who was absent.</summary>
    public required long PatientId { get; init; }

    /// <summary>The employer at that time; null when unknown.</summary>
    public required long? CompanyId { get; init; }

    /// <summary>First day of the absence.</summary>
    public required DateOnly StartsOn { get; init; }

    /// <summary>Last day, never before the first.</summary>
    public required DateOnly EndsOn { get; init; }

    /// <summary>Days of absence, first and last included: 1 to 999. Absences of one patient may overlap.</summary>
    public required int Days { get; init; }

    /// <summary>ICD-10 code with its dot, for example <c>M54.5</c> or <c>M54</c>; null when none is known.</summary>
    public required string? Cid { get; init; }

    /// <summary>ICD-10 chapter, <c>I</c> to <c>XXII</c>, or <see cref="OtherChapter"/>; null when no diagnosis was written down. Screens count both as Outros.</summary>
    public required string? Chapter { get; init; }

    /// <summary>Whether it was an accident at work; null when unknown.</summary>
    public required bool? WorkAccident { get; init; }

    /// <summary>Number of the notice of the accident (CAT); null when there is none or it is unknown.</summary>
    public required string? CatNumber { get; init; }

    /// <summary>Who certified it; null when unknown.</summary>
    public required Certificate? Certificate { get; init; }

    /// <summary>A diagnosis was written down that belongs to no chapter.</summary>
    public const string OtherChapter = "other";
}
