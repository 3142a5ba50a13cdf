await Clinic.Facade.FacadeHost.Create(args).RunAsync();
