using Microsoft.Extensions.Options;

namespace Strangler.Identity;

/// <summary>Every fault of the settings at once, each with its key and cure.</summary>
internal sealed class StranglerIdentityOptionsValidator : IValidateOptions<StranglerIdentityOptions>
{
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromSeconds(60);

    public ValidateOptionsResult Validate(string? name, StranglerIdentityOptions options)
    {
        List<string> faults = [];
        if (string.IsNullOrWhiteSpace(options.PublicKey))
            faults.Add($"Identity:PublicKey is not set. Give the path of {IdentityKeys.PublicFileName}, made by `strangler identity-keys DIR`.");
        else if (FaultOf(options.PublicKey) is { } fault)
            faults.Add($"Identity:PublicKey: {fault}");

        if (string.IsNullOrWhiteSpace(options.Audience))
            faults.Add("Identity:Audience is not set. Give the name that routes.json has for this service.");
        if (options.ClockSkew < TimeSpan.Zero || options.ClockSkew > MaxClockSkew)
            faults.Add($"Identity:ClockSkew is {options.ClockSkew}. Give 00:00:00 to {MaxClockSkew}.");
        foreach (var path in options.OpenPaths.Where(path => path is not ['/', _, ..]))
            faults.Add($"Identity:OpenPaths has '{path}'. Give a path such as /health; '/' would open everything.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static string? FaultOf(string file)
    {
        try
        {
            IdentityKeys.ReadPublic(file);
            return null;
        }
        catch (IdentityKeyException fault)
        {
            return fault.Message;
        }
    }
}
