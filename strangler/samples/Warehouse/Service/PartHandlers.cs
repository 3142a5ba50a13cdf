using Dapper;
using Strangler.Messaging;
using Warehouse.Contracts;

namespace Warehouse.Service;

/// <summary>Keeps the part's one row, in the transaction of the message.</summary>
internal sealed class PartStockChangedHandler : IMessageHandler<PartStockChanged>
{
    public Task HandleAsync(PartStockChanged message, MessageContext context, CancellationToken cancellation) =>
        context.Connection.ExecuteAsync(new CommandDefinition(
            """
            insert into parts (sku, description, pieces, bin) values (@Sku, @Description, @Pieces, @Bin)
            on conflict (sku) do update set description = excluded.description, pieces = excluded.pieces, bin = excluded.bin
            """,
            message,
            context.Transaction,
            cancellationToken: cancellation));
}

/// <summary>Removes it.</summary>
internal sealed class PartWithdrawnHandler : IMessageHandler<PartWithdrawn>
{
    public Task HandleAsync(PartWithdrawn message, MessageContext context, CancellationToken cancellation) =>
        context.Connection.ExecuteAsync(new CommandDefinition("delete from parts where sku = @Sku", message, context.Transaction, cancellationToken: cancellation));
}
