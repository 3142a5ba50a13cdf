namespace Strangler.Bench.Facade;

/// <summary>nginx as one who knows it would set it up: a worker a core, kept-alive connections on both sides, no access log.</summary>
internal static class NginxConfiguration
{
    /// <summary>Answers every request with the same body.</summary>
    public static string Backend(int port, string body) => Wrap($$"""
          default_type text/plain;
          server {
            listen 127.0.0.1:{{port}} reuseport;
            return 200 "{{body}}";
          }
        """);

    /// <summary>Hands every request on.</summary>
    public static string Proxy(int port, int backendPort) => Wrap($$"""
          upstream backend {
            server 127.0.0.1:{{backendPort}};
            keepalive 64;
            keepalive_requests 100000000;
          }
          server {
            listen 127.0.0.1:{{port}} reuseport;
            location / {
              proxy_pass http://backend;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
            }
          }
        """);

    private static string Wrap(string servers) => $$"""
        daemon off;
        worker_processes auto;
        pid nginx.pid;
        error_log stderr warn;
        events { worker_connections 4096; }
        http {
          access_log off;
          keepalive_timeout 300s;
          keepalive_requests 100000000;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
        {{servers}}
        }
        """;
}
