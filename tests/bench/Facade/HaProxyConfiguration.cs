namespace Strangler.Bench.Facade;

/// <summary>HAProxy as its documentation sets up a plain reverse proxy: a thread a core, kept-alive connections on both sides, no access log.</summary>
internal static class HaProxyConfiguration
{
    public static string Proxy(int port, int backendPort) => $"""
        global
          maxconn 4096
        defaults
          mode http
          timeout connect 5s
          timeout client 300s
          timeout server 300s
          http-reuse safe
        frontend public
          bind 127.0.0.1:{port}
          default_backend application
        backend application
          server one 127.0.0.1:{backendPort}

        """;
}
