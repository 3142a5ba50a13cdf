namespace Clinic.Absenteeism.Reports;

/// <summary>Days from one to another, both included; open where a side is null.</summary>
internal readonly record struct Period(DateOnly? From, DateOnly? To)
{
    public bool Touches(DateOnly first, DateOnly last) => !(last < From) && !(first > To);

    public DateOnly NotBefore(DateOnly day) => day < From ? From.Value : day;

    public DateOnly NotAfter(DateOnly day) => day > To ? To.Value : day;
}
