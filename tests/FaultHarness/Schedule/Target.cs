namespace Strangler.Faults.Schedule;

/// <summary>What a fault strikes. One fault at a time strikes a target; different targets may be struck at once.</summary>
internal enum Target
{
    Layer,
    Standby,
    ConsumerA,
    ConsumerA2,
    ConsumerB,
    Broker,
    Source,
    Stores,
    LayerToBroker,
    LayerToSource,
    ConsumersToBroker,
}
