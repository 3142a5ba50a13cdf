using System.Data.Common;
using Strangler.Messaging;

namespace Strangler.Bench.Acl;

/// <summary>A service that keeps the last state of each exam: the library's consumer as a host runs it.</summary>
internal static class Service
{
    public static IHost Create(string consumer, DbDataSource store, RabbitMqMedium medium, bool manyAtOnce)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddStranglerMessaging(builder.Configuration, medium);
        builder.Services.AddMessageConsumer(consumer, store, registered =>
        {
            if (manyAtOnce) registered.HandleBatch<ExamTranslator.Exam, ExamsHandler>(ExamTranslator.Type);
            else registered.Handle<ExamTranslator.Exam, ExamHandler>(ExamTranslator.Type);
        });
        return builder.Build();
    }

    public static ConsumerStatus StatusOf(IHost service, string consumer) => service.Services.GetRequiredKeyedService<ConsumerStatus>(consumer);
}
