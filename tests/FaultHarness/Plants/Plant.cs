using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Strangler.Messaging;

namespace Strangler.Faults.Plants;

/// <summary>Makes the medium of a process that has a planted fault.</summary>
internal static class Plant
{
    /// <summary>Configuration key; its value is a <see cref="PlantKind"/>.</summary>
    public const string Key = "Plant";

    /// <summary>As on the command line: <c>early-acknowledgement</c>.</summary>
    public static string NameOf(PlantKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    /// <summary>Null when nothing is planted: then the library's own medium is used as it is.</summary>
    public static IMedium? MediumOf(IConfiguration configuration)
    {
        if (configuration.GetValue<PlantKind?>(Key) is not { } kind) return null;
        var options = new MessagingOptions();
        configuration.GetSection(MessagingOptions.Section).Bind(options);
        return new PlantedMedium(new RabbitMqMedium(options), kind);
    }
}
