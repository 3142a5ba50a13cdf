namespace Clinic.Contracts.Absences;

/// <summary>Who certified an absence. At least one of the three is there.</summary>
/// <param name="Crm">The doctor's number at the regional council of medicine, digits only; null when unknown.</param>
/// <param name="Uf">The council's state, two capital letters; null when unknown.</param>
/// <param name="Issuer">The hospital, clinic or body that issued the certificate; null when unknown.</param>
public sealed record Certificate(string? Crm, string? Uf, string? Issuer);
