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
        Name("Exchange", options.Exchange);
        if (options.Former.Exchange is { } former)
        {
            Name("Former:Exchange", former);
            Range("Former:Partitions", options.Former.Partitions, 1, Partitioner.MaxPartitions);
            if (former == options.Exchange) errors.Add($"Messaging:Former:Exchange is '{former}', as Messaging:Exchange is; give the new exchange another name.");
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
        foreach (var node in options.RabbitMq.Nodes.Where(static node => !RabbitMqNodes.IsNode(node)))
        {
            errors.Add($"Messaging:RabbitMq:Nodes holds '{Masked(node)}'; use host or host:port, without user and password.");
        }

        Range("RabbitMq:Window", options.RabbitMq.Window, 1, 65_536);
        if (options.RabbitMq.History is { } history) Span("RabbitMq:History", history, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
        Range("RabbitMq:Prefetch", options.RabbitMq.Prefetch, 1, ushort.MaxValue);
        Span("RabbitMq:ConfirmTimeout", options.RabbitMq.ConfirmTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Span("RabbitMq:OperationTimeout", options.RabbitMq.OperationTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Span("RabbitMq:Heartbeat", options.RabbitMq.Heartbeat, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Span("RabbitMq:QueueSettleTime", options.RabbitMq.QueueSettleTime, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        if (options.Journal.Folder is { } folder && string.IsNullOrWhiteSpace(folder)) errors.Add("Messaging:Journal:Folder is empty; name a folder on a local disk, or leave the setting out to keep no journal.");
        if (options.Journal.MaxBytes is < 1L << 20 or > 1L << 40) errors.Add($"Messaging:Journal:MaxBytes is {options.Journal.MaxBytes}; it must be {1L << 20} to {1L << 40}.");
        Span("Journal:After", options.Journal.After, TimeSpan.Zero, TimeSpan.FromHours(1));
        Range("Consumer:BatchSize", options.Consumer.BatchSize, 1, 10_000);
        Range("Consumer:Attempts", options.Consumer.Attempts, 1, 100);
        Span("Consumer:RetryDelay", options.Consumer.RetryDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Span("Consumer:MaxRetryDelay", options.Consumer.MaxRetryDelay, options.Consumer.RetryDelay, TimeSpan.FromMinutes(10));
        Span("Consumer:BatchInterval", options.Consumer.BatchInterval, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Span("Consumer:HoldDeliveries", options.Consumer.HoldDeliveries, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(20));
        Span("Consumer:TransactionWait", options.Consumer.TransactionWait, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Name(string key, string value)
        {
            if (ExchangeName().IsMatch(value) && !value.StartsWith("amq.", StringComparison.Ordinal)) return;
            errors.Add($"Messaging:{key} is '{value}'; use 1 to 100 letters, digits, dots, dashes and underscores, not beginning with 'amq.'.");
        }

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
