namespace Strangler.Faults.Plants;

/// <summary>A fault that is planted on purpose around the library's public seams, to show that the oracle would catch it.</summary>
internal enum PlantKind
{
    /// <summary>The layer is told that messages are safe as soon as they are sent: its checkpoint runs ahead of the confirms.</summary>
    EarlyAcknowledgement,

    /// <summary>A message whose confirm does not come, because the connection is lost, is taken for sent.</summary>
    LostConfirm,

    /// <summary>A message that is sent again comes after the one that followed it.</summary>
    ReorderedRetry,

    /// <summary>A consumer does not recognise what it has seen.</summary>
    NoDuplicateGuard,

    /// <summary>Now and then a delete is forgotten.</summary>
    LostDelete,
}
