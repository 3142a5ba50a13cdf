using System.Data.Common;
using System.Net.Sockets;
using Clinic.Legacy;

try
{
    if (args.Contains("--contar")) LegacyHost.Contar(args.Where(a => a != "--contar").ToArray(), Console.Out);
    else await LegacyHost.Create(args).RunAsync();
    return 0;
}
catch (AjusteInvalido e) { Console.Error.WriteLine(e.Message); }
catch (DbException e) { Console.Error.WriteLine("ConnectionStrings:Legacy: the database cannot be used (" + e.Message + "). Start it, or give another connection."); }
catch (Exception e) when (e is IOException or SocketException) { Console.Error.WriteLine("--urls: " + e.Message.TrimEnd('.') + ". Give another address."); }
return 1;
