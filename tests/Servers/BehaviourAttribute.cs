namespace Strangler.Tests.Servers;

/// <summary>Names the numbered behaviours of the anti-corruption layer and messaging (strangler/Strangler.AntiCorruption/BEHAVIOURS.md) that a test shows.</summary>
/// <param name="numbers">At least one.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BehaviourAttribute(params int[] numbers) : Attribute
{
    /// <summary>The numbers.</summary>
    public IReadOnlyList<int> Numbers => numbers;
}
