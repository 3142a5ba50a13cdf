await Clinic.AntiCorruption.AntiCorruptionHost.Create(args).RunAsync();
