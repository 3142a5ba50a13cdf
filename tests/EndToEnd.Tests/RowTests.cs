using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Dapper;
using EndToEnd.Tests.Clinics;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace EndToEnd.Tests;

/// <summary>A row that legacy writes becomes a message and a row of the service's own.</summary>
public abstract class RowTests<TClinic>(TClinic clinic) : SharedClinicTests(clinic)
    where TClinic : RunningClinic
{
    protected TClinic Clinic => clinic;

    [Fact]
    public async Task An_exam_finished_on_a_legacy_screen_is_in_the_services_store_within_a_second()
    {
        await Lag.UntilBackfilledAsync(clinic);
        var (request, patient) = await OpenPeriodicalRequestAsync();
        using var user = await ClinicUser.LoggedInAsync(clinic.Facade);

        var finished = await user.SubmitAsync($"/pedidos/{request}/", "form[action$='/finalizar/']", []);
        var watch = Stopwatch.StartNew();
        var written = await LegacyPatientAsync(patient);
        (string LastExam, long Days)? stored = null;
        await Wait.UntilAsync(
            async () => (stored = await StoredExamAsync(patient)) == (written.LastExam, written.Days), "the service's store has the exam", TimeSpan.FromSeconds(10));

        Assert.Equal(302, finished.Status);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"It took {watch.Elapsed}.");
    }

    /// <summary>An open request for a periodical exam of a patient who is on the periodical list.</summary>
    protected async Task<(long Request, long Patient)> OpenPeriodicalRequestAsync()
    {
        await using var store = StoreDataSource.Create(clinic.PeriodicalDatesStore);
        await using var stored = await store.OpenConnectionAsync();
        var listed = (await stored.QueryAsync<long>("select e.patient_id from periodical_exams e join patients p on p.patient_id = e.patient_id where p.active")).ToHashSet();
        await using var legacy = StoreDataSource.Create(clinic.LegacyStore);
        await using var connection = await legacy.OpenConnectionAsync();
        var open = await connection.QueryAsync<(long Request, long Patient)>(
            """
            select r.id, r.paciente_id
            from site_pedidoexame r
            join site_tipopedidoexame t on t.id = r.tipo_id
            where r.status = 'A' and t.sigla = 'PER'
            order by r.id
            """);
        return open.First(request => listed.Contains(request.Patient));
    }

    private async Task<(string LastExam, long Days)> LegacyPatientAsync(long patient)
    {
        await using var legacy = StoreDataSource.Create(clinic.LegacyStore);
        await using var connection = await legacy.OpenConnectionAsync();
        var (lastExam, days) = await connection.QuerySingleAsync<(string, string)>("select dt_ult_exame, dias_venc from site_paciente where id = @patient", new { patient });
        var date = DateOnly.ParseExact(lastExam, "dd/MM/yyyy", CultureInfo.InvariantCulture);
        return (date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), long.Parse(days, CultureInfo.InvariantCulture));
    }

    private async Task<(string LastExam, long Days)?> StoredExamAsync(long patient)
    {
        await using var store = StoreDataSource.Create(clinic.PeriodicalDatesStore);
        await using var connection = await store.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<(string, long)?>(
            "select cast(last_exam_date as text), expiration_days from periodical_exams where patient_id = @patient", new { patient });
    }
}

[Collection(nameof(CombinedClinic))]
public sealed class CombinedRowTests(CombinedClinic clinic) : RowTests<CombinedClinic>(clinic);

[Collection(nameof(DistributedClinic))]
public sealed class DistributedRowTests(DistributedClinic clinic) : RowTests<DistributedClinic>(clinic)
{
    [Fact]
    public async Task The_message_on_the_wire_has_the_documented_headers_and_body()
    {
        await Lag.UntilBackfilledAsync(Clinic);
        var (request, patient) = await OpenPeriodicalRequestAsync();
        var factory = new ConnectionFactory { Uri = Clinic.Broker };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        foreach (var version in (string[])["v1", "v2"])
        {
            for (var partition = 0; partition < new MessagingOptions().Partitions; partition++)
            {
                await channel.QueueBindAsync(queue, "clinic", $"{partition}.clinic.periodical.exam-date-changed.{version}");
            }
        }

        var heard = new List<string>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            lock (heard) heard.Add(Text(delivery));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer);

        using var user = await ClinicUser.LoggedInAsync(Clinic.Facade);
        await user.SubmitAsync($"/pedidos/{request}/", "form[action$='/finalizar/']", []);
        await Wait.UntilAsync(() => Messages().Count == 2, "both versions of the message are on the wire");

        Assert.Equal(
            [
                """
                routing key: {partition}.clinic.periodical.exam-date-changed.v1
                content type: application/json, persistent, message id = ce-id
                ce-id: {id}
                ce-partitionkey: periodical/{patient}
                ce-sequence: {version}
                ce-source: urn:clinic:legacy
                ce-specversion: 1.0
                ce-subject: periodical/{patient}
                ce-time: {time}
                ce-transaction: {transaction}
                ce-transactioncounts: clinic.periodical.exam-date-changed.v1=1,clinic.periodical.exam-date-changed.v2=1
                ce-type: clinic.periodical.exam-date-changed.v1
                {"patient_id":{patient},"last_exam_date":"{date}","expiration_days":{days}}
                """,
                """
                routing key: {partition}.clinic.periodical.exam-date-changed.v2
                content type: application/json, persistent, message id = ce-id
                ce-id: {id}
                ce-partitionkey: periodical/{patient}
                ce-sequence: {version}
                ce-source: urn:clinic:legacy
                ce-specversion: 1.0
                ce-subject: periodical/{patient}
                ce-time: {time}
                ce-transaction: {transaction}
                ce-transactioncounts: clinic.periodical.exam-date-changed.v1=1,clinic.periodical.exam-date-changed.v2=1
                ce-type: clinic.periodical.exam-date-changed.v2
                {"patient_id":{patient},"last_exam_date":"{date}","expiration_days":{days},"as_of":"{date}","due_on":"{date}"}
                """,
            ],
            Messages());

        List<string> Messages()
        {
            lock (heard) return [.. heard.Where(text => text.Contains($"ce-subject: periodical/{patient}\n", StringComparison.Ordinal)).Select(text => Shape(text, patient)).Order(StringComparer.Ordinal)];
        }
    }

    private static string Text(BasicDeliverEventArgs delivery)
    {
        var properties = delivery.BasicProperties;
        var headers = properties.Headers!.Where(header => !header.Key.EndsWith("traceparent", StringComparison.Ordinal)).OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => $"{header.Key}: {(header.Value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : header.Value)}").ToList();
        var sameId = headers.Contains($"ce-id: {properties.MessageId}") ? "ce-id" : properties.MessageId;
        return $"routing key: {delivery.RoutingKey}\ncontent type: {properties.ContentType}, {(properties.Persistent ? "persistent" : "transient")}, message id = {sameId}\n"
            + string.Join('\n', headers) + "\n" + Encoding.UTF8.GetString(delivery.Body.Span);
    }

    /// <summary>The text with everything that differs from run to run replaced by its name.</summary>
    private static string Shape(string text, long patient)
    {
        text = Regex.Replace(text, @"(?<=^routing key: )\d+(?=\.)", "{partition}");
        text = Regex.Replace(text, @"(?<=^ce-id: ).+$", "{id}", RegexOptions.Multiline);
        text = Regex.Replace(text, @"(?<=^ce-sequence: )[0-9a-f]{16}\.[0-9a-f]{8}$", "{version}", RegexOptions.Multiline);
        text = Regex.Replace(text, @"(?<=^ce-time: )\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$", "{time}", RegexOptions.Multiline);
        text = Regex.Replace(text, "(?<=^ce-transaction: )[0-9a-f]{16}$", "{transaction}", RegexOptions.Multiline);
        text = Regex.Replace(text, "(?<=\")\\d{4}-\\d\\d-\\d\\d(?=\")", "{date}");
        text = Regex.Replace(text, "(?<=\"expiration_days\":)-?\\d+", "{days}");
        return Regex.Replace(text, $@"(?<=periodical/|""patient_id"":){patient}\b", "{patient}");
    }
}
