using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Strangler.Messaging;

/// <summary>Every error of the options at once, each naming key, value and cure.</summary>
internal sealed partial class MessagingOptionsValidator(bool needsBroker) : IValidateOptions<MessagingOptions>
{
    public ValidateOptionsResult Validate(string? name, MessagingOptions options)
    {
        var errors = new List<string>();
        Range("Partitions", options.Partitions, 1, Partitioner.MaxPartitions);
        if (!ExchangeName().IsMatch(options.Exchange) || options.Exchange.StartsWith("amq.", StringComparison.Ordinal))
        {
            errors.Add($"Messaging:Exchange is '{options.Exchange}'; use 1 to 100 letters, digits, dots, dashes and underscores, not beginning with 'amq.'.");
        }

        foreach (var consumer in options.RequiredConsumers.Where(consumer => !ConsumerName.IsValid(consumer)))
        {
            errors.Add($"Messaging:RequiredConsumers holds '{consumer}'; {ConsumerName.Rule}");
        }

        if (options.OperatorToken is { } token && OperatorToken.Read(token).Problem is { } problem)
        {
            errors.Add($"Messaging:OperatorToken '{token}' {problem}. Name a file with one, or leave the setting out to let no operator in.");
        }

        if (BrokerError(options.RabbitMq.Uri) is { } brokerError) errors.Add(brokerError);
        Range("RabbitMq:Window", options.RabbitMq.Window, 1, 65_536);
        if (options.RabbitMq.History is { } history) Span("RabbitMq:History", history, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
        Range("RabbitMq:Prefetch", options.RabbitMq.Prefetch, 1, ushort.MaxValue);
        Span("RabbitMq:ConfirmTimeout", options.RabbitMq.ConfirmTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Span("RabbitMq:OperationTimeout", options.RabbitMq.OperationTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Span("RabbitMq:Heartbeat", options.RabbitMq.Heartbeat, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Span("RabbitMq:QueueSettleTime", options.RabbitMq.QueueSettleTime, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Range("Consumer:BatchSize", options.Consumer.BatchSize, 1, 10_000);
        Range("Consumer:Attempts", options.Consumer.Attempts, 1, 100);
        Span("Consumer:RetryDelay", options.Consumer.RetryDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Span("Consumer:MaxRetryDelay", options.Consumer.MaxRetryDelay, options.Consumer.RetryDelay, TimeSpan.FromMinutes(10));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Range(string key, int value, int least, int most)
        {
            if (value < least || value > most) errors.Add($"Messaging:{key} is {value}; it must be {least} to {most}.");
        }

        void Span(string key, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value >= least && value <= most) return;
            var range = most == TimeSpan.MaxValue ? $"at least {least}" : $"{least} to {most}";
            errors.Add($"Messaging:{key} is {value}; it must be {range}.");
        }
    }

    private string? BrokerError(string? uri)
    {
        if (string.IsNullOrWhiteSpace(uri))
        {
            return needsBroker ? "Messaging:RabbitMq:Uri is not set; set it to the broker, for example amqp://guest:guest@localhost:5672/." : null;
        }

        return System.Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Scheme is "amqp" or "amqps"
            ? null
            : $"Messaging:RabbitMq:Uri is '{Masked(uri)}'; it must be amqp://user:password@host:port/vhost or amqps://….";
    }

    private static string Masked(string uri) => Credentials().Replace(uri, "***@");

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex ExchangeName();

    [GeneratedRegex("[^/@]*@")]
    private static partial Regex Credentials();
}
