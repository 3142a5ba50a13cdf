await Clinic.Absenteeism.AbsenteeismHost.Create(args).RunAsync();
