using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Strangler.Facade;

/// <summary>Finds everything that is wrong with the settings, each with its key, its value and a cure.</summary>
internal sealed class FacadeOptionsValidator(IConfiguration configuration) : IValidateOptions<FacadeOptions>
{
    private static readonly string[] Known = [.. typeof(FacadeOptions).GetProperties().Select(property => property.Name)];

    public ValidateOptionsResult Validate(string? name, FacadeOptions options)
    {
        List<string> errors = [];
        foreach (var key in configuration.GetSection(FacadeOptions.Section).GetChildren().Select(child => child.Key))
        {
            if (!Known.Contains(key, StringComparer.OrdinalIgnoreCase)) errors.Add($"Facade:{key} is no setting. {Spelling.Cure(key, Known, $"Settings: {string.Join(", ", Known)}.")}");
        }

        if (AdminAddress(options.Admin) is not { } admin) errors.Add($"Facade:Admin '{options.Admin}' is no http address of this machine. Write e.g. http://127.0.0.1:8081.");
        else if (options.AdminToken is null && !IPAddress.IsLoopback(admin.Address)) errors.Add($"Facade:Admin '{options.Admin}' can be reached from other machines, and no token is asked for. Write http://127.0.0.1:{admin.Port}, or give a file with a token: Facade:AdminToken.");
        if (options.AdminToken is { } token && AdminToken.Read(token).Problem is { } problem) errors.Add($"Facade:AdminToken '{token}' {problem}. Make one, e.g. openssl rand -hex 32 > {(token.Length > 0 ? token : "FILE")}.");
        if (string.IsNullOrWhiteSpace(options.Routes)) errors.Add("Facade:Routes is empty. Give the path of a routes.json.");
        foreach (var (owner, address) in options.Addresses)
        {
            if (OwnerReader.Address(address ?? "") is null) errors.Add($"Facade:Addresses:{owner} '{address}' is no address. Write scheme, host and port alone, e.g. http://127.0.0.1:8082.");
        }

        if (options.RemoteAuthenticationKey is { } secret && (!Guid.TryParse(secret, out var key32) || key32 == Guid.Empty))
        {
            errors.Add("Facade:RemoteAuthenticationKey is no GUID (its value is not shown). Give the same GUID as legacy has.");
        }

        foreach (var network in options.TrustedPeers ?? [])
        {
            if (!IPNetwork.TryParse(network, out _)) errors.Add($"Facade:TrustedPeers '{network}' is no network. Write e.g. 10.0.0.0/8.");
        }

        Between(errors, nameof(options.IdentityTimeout), options.IdentityTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(100));
        Between(errors, nameof(options.IdentityMemory), options.IdentityMemory, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Between(errors, nameof(options.ConnectTimeout), options.ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        Between(errors, nameof(options.IdleTimeout), options.IdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));
        Between(errors, nameof(options.HeadTimeout), options.HeadTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Between(errors, nameof(options.RetryAfter), options.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Between(errors, nameof(options.DrainTimeout), options.DrainTimeout, TimeSpan.Zero, TimeSpan.FromHours(24));
        errors.AddRange(options.Shadow.Problems(configuration.GetSection($"{FacadeOptions.Section}:{nameof(options.Shadow)}").GetChildren().Select(child => child.Key)));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>The end point of an admin address; null when it is no plain http address that could be this machine's.</summary>
    internal static IPEndPoint? AdminAddress(string address)
    {
        if (OwnerReader.Address(address) is not { Scheme: "http" } uri) return null;
        if (uri.Host == "localhost") return new IPEndPoint(IPAddress.Loopback, uri.Port);
        return IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) ? new IPEndPoint(ip, uri.Port) : null;
    }

    private static void Between(List<string> errors, string name, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most) errors.Add($"Facade:{name} '{value}' is out of range. Write {least} to {most}.");
    }
}
