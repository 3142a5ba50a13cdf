namespace Clinic.Contracts.Patients;

/// <summary>The employer of a patient.</summary>
/// <param name="CompanyId">Identity of the company.</param>
/// <param name="Name">Its name as last copied to the patient, which may be out of date: the identity wins; null when never copied.</param>
public sealed record CompanyRef(long CompanyId, string? Name);
