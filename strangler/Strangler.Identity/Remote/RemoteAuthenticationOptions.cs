using System.ComponentModel.DataAnnotations;

namespace Strangler.Identity;

/// <summary>How the facade asks legacy who a user is: the authentication exchange of the System.Web adapters.</summary>
public sealed class RemoteAuthenticationOptions : IValidatableObject
{
    /// <summary>The secret that legacy knows too; without it anyone could ask.</summary>
    /// <value>No default. 32 hex digits, with or without dashes and braces, not all zero; legacy compares its text exactly.</value>
    public string Key { get; set; } = "";

    /// <summary>Request header that carries the key.</summary>
    /// <value>Default <c>X-SystemWebAdapter-RemoteAppAuthentication-Key</c>.</value>
    [Required]
    public string KeyHeader { get; set; } = "X-SystemWebAdapter-RemoteAppAuthentication-Key";

    /// <summary>Path of the exchange below legacy's address, without a leading slash.</summary>
    /// <value>Default <c>systemweb-adapters/authenticate</c>; legacy compares it with regard to case.</value>
    [Required]
    [RegularExpression("[^/?#].*", ErrorMessage = "Path must be relative, for example systemweb-adapters/authenticate.")]
    public string Path { get; set; } = "systemweb-adapters/authenticate";

    /// <summary>How long one exchange may take, from connecting to the last byte. The user waits for it.</summary>
    /// <value>Default 10 s; 100 ms to 100 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:40")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest answer that is read, in bytes: a principal, or the page of a challenge.</summary>
    /// <value>Default 1 MiB; 1 KiB to 16 MiB.</value>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 1024 * 1024;

    /// <summary>Checks the key, which no attribute can.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string[] forms = ["N", "D", "B"];
        if (!forms.Any(form => Guid.TryParseExact(Key, form, out var key) && key != Guid.Empty))
            yield return new("Key must be 32 hex digits, with or without dashes and braces, not all zero: the same text as on the legacy side.", [nameof(Key)]);
    }
}
