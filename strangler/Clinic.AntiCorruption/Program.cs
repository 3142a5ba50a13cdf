using Clinic.AntiCorruption;
using Strangler.Messaging;

return await HostStart.RunAsync(() => AntiCorruptionHost.Create(args));
