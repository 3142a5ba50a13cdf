using Clinic.Facade;
using Strangler.Facade;

return await StranglerFacade.RunAsync(() => FacadeHost.Create(args));
