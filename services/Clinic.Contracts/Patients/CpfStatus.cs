namespace Clinic.Contracts.Patients;

/// <summary>How far a CPF can be trusted.</summary>
public static class CpfStatus
{
    /// <summary>11 digits with right check digits.</summary>
    public const string Valid = "valid";

    /// <summary>Something is written there that no CPF can be; the digits are kept where there are at most 11.</summary>
    public const string Invalid = "invalid";

    /// <summary>Nothing is written there, or words that say there is none.</summary>
    public const string Missing = "missing";

    /// <summary>A foreigner without a CPF.</summary>
    public const string Foreign = "foreign";
}
