await Clinic.Legacy.LegacyHost.Create(args).RunAsync();
