using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Strangler.Messaging;

/// <summary>Says which message types a consumer handles.</summary>
public sealed class MessageConsumerBuilder
{
    private readonly IServiceCollection services;
    private readonly Dictionary<string, Func<IServiceProvider, MessageRoute>> routes = new(StringComparer.Ordinal);

    internal MessageConsumerBuilder(IServiceCollection services) => this.services = services;

    internal IReadOnlyDictionary<string, Func<IServiceProvider, MessageRoute>> Routes => routes;

    internal bool WantsWholeTransactions { get; private set; }

    /// <summary>Handles a type. The handler is a singleton, called by several partitions at once; its constructor is served by the container.</summary>
    /// <typeparam name="TMessage">The body's contract.</typeparam>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="type">Wire name, exact, for example <c>clinic.patient.registered.v1</c>.</param>
    /// <exception cref="ArgumentException">The type has a handler already.</exception>
    public MessageConsumerBuilder Handle<TMessage, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(string type)
        where TMessage : class
        where THandler : class, IMessageHandler<TMessage>
    {
        Add(type, provider => new SingleRoute<TMessage>(type, provider.GetRequiredService<THandler>()));
        services.TryAddSingleton<THandler>();
        return this;
    }

    /// <summary>As <see cref="Handle"/>, with a handler that takes many messages of the type at once.</summary>
    /// <typeparam name="TMessage">The body's contract.</typeparam>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="type">Wire name, exact.</param>
    /// <exception cref="ArgumentException">The type has a handler already.</exception>
    public MessageConsumerBuilder HandleBatch<TMessage, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(string type)
        where TMessage : class
        where THandler : class, IBatchHandler<TMessage>
    {
        Add(type, provider => new BatchRoute<TMessage>(type, provider.GetRequiredService<THandler>()));
        services.TryAddSingleton<THandler>();
        return this;
    }

    /// <summary>
    /// Asks for whole transactions: what one transaction of the source changed, of the types that this consumer handles, takes effect in one transaction of the store, whatever its keys and
    /// partitions. Nobody who reads the store sees a part. Messages wait in the store until the last has come; a handler that throws rolls back all of them, and their keys wait
    /// together. Other transactions flow, each key in its order. Every process of the consumer has to ask for it. A source that does not tell its transactions apart (SQLite) sends nothing that could be waited for.
    /// </summary>
    /// <remarks>To begin with it, stop all processes of the consumer when its queues are empty: of a transaction that is half done then, the rest would wait for an operator.</remarks>
    public MessageConsumerBuilder WholeTransactions()
    {
        WantsWholeTransactions = true;
        return this;
    }

    private void Add(string type, Func<IServiceProvider, MessageRoute> route)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        if (!routes.TryAdd(type, route)) throw new ArgumentException($"Type '{type}' has a handler already; one consumer handles a type once.", nameof(type));
    }
}
