using Clinic.AntiCorruption.Readings;
using Clinic.Contracts.Patients;

namespace Clinic.AntiCorruption.Translators;

/// <summary>What a patient row tells: the patient, or that it is off file.</summary>
internal abstract record PatientFact
{
    private PatientFact()
    {
    }

    public abstract bool IsSameAs(PatientFact other);

    public sealed record OnFile(PatientState State) : PatientFact
    {
        // A record compares its list by reference, so the list is compared by itself.
        public override bool IsSameAs(PatientFact other) =>
            other is OnFile { State: var theirs }
            && theirs with { Sectors = State.Sectors } == State
            && theirs.Sectors.SequenceEqual(State.Sectors);
    }

    public sealed record OffFile(Removal Removal) : PatientFact
    {
        public override bool IsSameAs(PatientFact other) => other is OffFile { Removal: var theirs } && theirs == Removal;
    }
}
