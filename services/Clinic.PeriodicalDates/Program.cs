await Clinic.PeriodicalDates.PeriodicalDatesHost.Create(args).RunAsync();
