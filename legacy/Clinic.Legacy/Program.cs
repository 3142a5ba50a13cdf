using System.Data.Common;
using Clinic.Legacy;

try
{
    if (args.Contains("--contar")) LegacyHost.Contar(args.Where(a => a != "--contar").ToArray(), Console.Out);
    else await LegacyHost.Create(args).RunAsync();
    return 0;
}
catch (AjusteInvalido e) { Console.Error.WriteLine(e.Message); }
catch (DbException e) { Console.Error.WriteLine("ConnectionStrings:Legacy: the database cannot be used (" + e.Message + "). Start it, or give another connection."); }
catch (IOException e) { Console.Error.WriteLine(e.Message + " Give another address with --urls, or another folder."); }
catch (UnauthorizedAccessException e) { Console.Error.WriteLine(e.Message + " Give a folder that can be written."); }
return 1;
