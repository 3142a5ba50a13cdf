namespace Clinic.Contracts.Patients;

/// <summary>A sector of a company, known by its name or by its identity. At least one of the two is there.</summary>
/// <param name="SectorId">Identity; null when only the name was written down.</param>
/// <param name="Name">Name; null when only the identity was written down.</param>
public sealed record SectorRef(long? SectorId, string? Name);
