using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Strangler.Facade.Tests;

/// <summary>What one facade's meter says, by the instrument's name and its tags.</summary>
internal sealed class CountedRequests : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counted = new();

    public CountedRequests(RunningFacade facade, string instrument = "strangler.facade.requests")
    {
        var meters = facade.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (published, self) =>
        {
            if (published.Name == instrument && ReferenceEquals(published.Meter.Scope, meters)) self.EnableMeasurementEvents(published);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Add(value, tags));
        // Of a histogram the number of measurements.
        _listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Add(1, tags));
        _listener.Start();
    }

    public long Sum => _counted.Values.Sum();

    public IEnumerable<string> Lines => _counted.Select(pair => $"{pair.Key} {pair.Value}").Order(StringComparer.Ordinal);

    public void Dispose() => _listener.Dispose();

    private void Add(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _counted.AddOrUpdate(string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")), value, (_, before) => before + value);
}
