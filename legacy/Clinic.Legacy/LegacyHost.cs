using System.Globalization;

namespace Clinic.Legacy;

public static class LegacyHost
{
    public static WebApplication Create(string[] args, TimeProvider relogio = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        var ajustes = LerAjustes(builder.Configuration);
        if (string.IsNullOrEmpty(builder.Configuration["urls"])) builder.WebHost.UseUrls("http://127.0.0.1:8082");
        // nome de paciente vai na busca: endereco inteiro nao entra no log
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // quem chama diz em uma linha por que nao subiu
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.WebHost.ConfigureKestrel(k => { k.AddServerHeader = false; });
        builder.Services.AddSingleton(relogio ?? TimeProvider.System);
        builder.Services.AddSingleton(ajustes);
        builder.Services.AddSingleton(new Banco(ajustes.Conexao));
        builder.Services.AddHostedService<Syncdb>();
        var app = builder.Build();
        if (ajustes.ChaveRemota != null)
        {
            var modulo = new RemoteAuthenticationModule(ajustes.ChaveRemota.Value,
                ctx => { var u = Views.UsuarioAtual(ctx); return u == null ? null : Services.Principal(u); }, Views.IrParaLogin);
            app.Use(modulo.Process);
        }
        app.Run(Views.Atender);
        return app;
    }

    // --contar: prepara o banco se for preciso e conta as linhas estranhas
    public static void Contar(string[] args, TextWriter saida)
    {
        var ajustes = LerAjustes(WebApplication.CreateSlimBuilder(args).Configuration);
        var banco = new Banco(ajustes.Conexao);
        Syncdb.Preparar(banco, ajustes);
        Fixtures.Contar(banco, saida);
    }

    static Ajustes LerAjustes(IConfiguration c)
    {
        var a = new Ajustes
        {
            Conexao = c["ConnectionStrings:Legacy"] ?? "Data Source=data/legacy/legacy.db",
            Semente = Inteiro(c, "Legacy:Seed", 42, int.MinValue, int.MaxValue),
            Pacientes = Inteiro(c, "Legacy:Patients", 10000, 300, 1000000),
            Filial = Inteiro(c, "Legacy:Branch", 1, 1, 9999),
            PastaEmail = Path.GetFullPath(c["Legacy:PickupFolder"] ?? "data/legacy/email"),
            PastaUpload = Path.GetFullPath(c["Legacy:UploadFolder"] ?? "data/legacy/uploads"),
        };
        var chave = c["Legacy:RemoteAuthenticationKey"];
        if (!string.IsNullOrEmpty(chave))
        {
            if (!Guid.TryParse(chave, out var g) || g == Guid.Empty)
                throw new AjusteInvalido("Legacy:RemoteAuthenticationKey is not a usable key: give a GUID of 32 hex digits that is not all zero, the same as the facade's.");
            a.ChaveRemota = g;
        }
        const string cura = "give 'Data Source=FILE' for SQLite or 'Host=...' for PostgreSQL.";
        try
        {
            var chaves = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = a.Conexao };
            if (chaves.ContainsKey("Host")) _ = new Npgsql.NpgsqlConnectionStringBuilder(a.Conexao);
            else if (chaves.ContainsKey("Data Source")) _ = new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(a.Conexao);
            else throw new AjusteInvalido("ConnectionStrings:Legacy names no database: " + cura);
        }
        catch (ArgumentException e) { throw new AjusteInvalido("ConnectionStrings:Legacy cannot be read (" + e.Message + "): " + cura, e); }
        foreach (var url in (c["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            try { BindingAddress.Parse(url); }
            catch (FormatException e) { throw new AjusteInvalido($"--urls is '{url}': give an address such as http://127.0.0.1:8082.", e); }
        }
        return a;
    }

    static int Inteiro(IConfiguration c, string chave, int padrao, int de, int ate)
    {
        var t = c[chave];
        if (string.IsNullOrEmpty(t)) return padrao;
        int n;
        if (!int.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out n) || n < de || n > ate)
            throw new AjusteInvalido($"{chave} is '{t}': give a whole number from {de} to {ate}.");
        return n;
    }
}

// manage.py syncdb + loaddata, antes de o servidor aceitar conexoes
class Syncdb : IHostedService
{
    readonly Banco banco;
    readonly Ajustes ajustes;
    readonly ILogger<Syncdb> log;

    public Syncdb(Banco banco, Ajustes ajustes, ILogger<Syncdb> log)
    {
        this.banco = banco;
        this.ajustes = ajustes;
        this.log = log;
    }

    public Task StartAsync(CancellationToken cancellation)
    {
        if (Preparar(banco, ajustes)) log.LogInformation("Loaded {Patients} synthetic patients with seed {Seed}", ajustes.Pacientes, ajustes.Semente);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellation) { return Task.CompletedTask; }

    public static bool Preparar(Banco banco, Ajustes ajustes)
    {
        CriarPasta("Legacy:PickupFolder", ajustes.PastaEmail);
        CriarPasta("Legacy:UploadFolder", ajustes.PastaUpload);
        var pasta = banco.Pasta();
        if (pasta != null) CriarPasta("ConnectionStrings:Legacy", pasta);
        banco.CriarTabelas();
        return Fixtures.Carregar(banco, ajustes);
    }

    static void CriarPasta(string chave, string pasta)
    {
        try { Directory.CreateDirectory(pasta); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AjusteInvalido($"{chave}: the folder {pasta} cannot be made ({e.Message}). Give one that can be written.", e);
        }
    }
}
