namespace Strangler.Facade.Tests;

/// <summary>Names the lines of the transparency list (TRANSPARENCY.md) that a test shows.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TransparencyAttribute(params int[] lines) : Attribute
{
    public IReadOnlyList<int> Lines => lines;
}
