using Clinic.Absenteeism;
using Strangler.Messaging;

return await HostStart.RunAsync(() => AbsenteeismHost.Create(args));
