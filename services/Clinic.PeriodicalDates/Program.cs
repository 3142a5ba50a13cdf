using Clinic.PeriodicalDates;
using Strangler.Messaging;

return await HostStart.RunAsync(() => PeriodicalDatesHost.Create(args));
