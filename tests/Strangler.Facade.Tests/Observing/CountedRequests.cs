using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Strangler.Facade.Tests;

/// <summary>What one facade's meter says, by the instrument's name and its tags.</summary>
internal sealed class CountedRequests : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<string, long> counted = new();

    public CountedRequests(RunningFacade facade, string instrument = "strangler.facade.requests")
    {
        var meters = facade.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (published, self) =>
        {
            if (published.Name == instrument && ReferenceEquals(published.Meter.Scope, meters)) self.EnableMeasurementEvents(published);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Add(value, tags));
        // Of a histogram the number of measurements.
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Add(1, tags));
        listener.Start();
    }

    public long Sum => counted.Values.Sum();

    public IEnumerable<string> Lines => counted.Select(pair => $"{pair.Key} {pair.Value}").Order(StringComparer.Ordinal);

    public void Dispose() => listener.Dispose();

    private void Add(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        counted.AddOrUpdate(string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")), value, (_, before) => before + value);
}
