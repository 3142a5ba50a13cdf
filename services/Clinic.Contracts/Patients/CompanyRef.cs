namespace Clinic.Contracts.Patients;

/// <summary>The employer of a patient. At least one of the two is there.</summary>
/// <param name="CompanyId">Identity of the company; null when only a name was written down.</param>
/// <param name="Name">Its name as last copied to the patient, which may be out of date: the identity wins; null when never copied.</param>
public sealed record CompanyRef(long? CompanyId, string? Name);
