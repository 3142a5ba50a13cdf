using System.Net;
using System.Net.Sockets;

namespace Clinic.Combined;

/// <summary>Who listens where: six ports in a row.</summary>
internal sealed class Listeners(int firstPort)
{
    public string Facade => $"http://localhost:{firstPort}";

    public string Admin => Loopback(1);

    public string Legacy => Loopback(2);

    public string PeriodicalDates => Loopback(3);

    public string Absenteeism => Loopback(4);

    public string AntiCorruption => Loopback(5);

    public IReadOnlyList<(string Name, string Address)> All =>
    [
        ("facade", Facade), ("admin", Admin), ("legacy", Legacy),
        ("periodical-dates", PeriodicalDates), ("absenteeism", Absenteeism), ("anti-corruption", AntiCorruption),
    ];

    /// <summary>Fails, naming every port that is taken, before anything is started.</summary>
    /// <exception cref="StartException">A port is in use.</exception>
    public void RequireFree()
    {
        var taken = All.Select((listener, offset) => (listener.Name, Port: firstPort + offset)).Where(listener => IsTaken(listener.Port)).ToList();
        if (taken.Count == 0) return;

        var names = string.Join(", ", taken.Select(listener => $"{listener.Port} ({listener.Name})"));
        throw new StartException($"in use by another program: port {names}; stop it or choose other ports with --port");
    }

    private static bool IsTaken(int port)
    {
        var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
        finally
        {
            probe.Stop();
        }
    }

    private string Loopback(int offset) => $"http://127.0.0.1:{firstPort + offset}";
}
