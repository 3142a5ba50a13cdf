// views.py do sistema antigo: enderecos, moldura das paginas, formularios, e as regras que ninguem soube onde por.
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Extensions.Primitives;

namespace Clinic.Legacy;

public static partial class Views
{
    // ------------------------------------------------------------------ urls.py

    class Endereco
    {
        public Regex Padrao;
        public string Nome;
        public string Metodos;
        public Func<HttpContext, Match, Task> View;
        public string Caminho;
    }

    static readonly List<Endereco> urls = new List<Endereco>();

    static void Url(string padrao, string metodos, string nome, Func<HttpContext, Match, Task> view)
    {
        urls.Add(new Endereco
        {
            Padrao = new Regex("^" + padrao + "\\z", RegexOptions.CultureInvariant),
            Metodos = metodos,
            Nome = nome,
            View = view,
            Caminho = padrao.Contains('(') ? null : padrao,
        });
    }

    static Views()
    {
        Url("/", "GET, HEAD", "home", Home);
        Url("/login/", "GET, HEAD, POST", "login", Login);
        Url("/logout/", "GET, HEAD, POST", "logout", Logout);

        Url("/periodicos/", "GET, HEAD", "periodicos", (c, m) => Periodicos(c, false));
        Url("/periodicos/vencendo/", "GET, HEAD", "periodicos_vencendo", (c, m) => Periodicos(c, true));
        Url("/periodicos/exportar/", "GET, HEAD", "periodicos_exportar", PeriodicosExportar);

        // (r'^clientes/absenteismo/', include('abs_homolog.urls', namespace='abs_homolog'))
        Url("/clientes/absenteismo/graficos/consolidado/", "GET, HEAD", "abs_homolog:absenteeism_consolidated", AbsenteeismReport);
        Url("/clientes/absenteismo/graficos/consolidado/exportar/", "GET, HEAD", "abs_homolog:absenteeism_consolidated_export", AbsenteeismReportExport);
        Url("/clientes/absenteismo/graficos/cat/", "GET, HEAD", "abs_homolog:absenteeism_cat_chart", AbsenteeismCatReport);
        Url("/clientes/absenteismo/graficos/cat/exportar/", "GET, HEAD", "abs_homolog:absenteeism_cat_export", AbsenteeismCatExport);
    }

    // {% url nome %}
    public static string Reverse(string nome)
    {
        foreach (var u in urls) if (u.Nome == nome && u.Caminho != null) return u.Caminho;
        throw new InvalidOperationException("NoReverseMatch: " + nome);
    }

    // ------------------------------------------------------------------ middleware

    // caminho e consulta como chegaram, sem decodificar
    public static string Alvo(HttpContext ctx)
    {
        var alvo = ctx.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(alvo) || alvo[0] != '/') alvo = ctx.Request.Path.ToUriComponent() + ctx.Request.QueryString.ToUriComponent();
        return alvo;
    }

    public static Usuario UsuarioAtual(HttpContext ctx)
    {
        object o;
        if (ctx.Items.TryGetValue("usuario", out o)) return (Usuario)o;
        var u = Services.UsuarioDaSessao(ctx.RequestServices.GetRequiredService<Banco>(), ctx.RequestServices.GetRequiredService<TimeProvider>(), ctx.Request.Cookies["sessionid"]);
        ctx.Items["usuario"] = u;
        return u;
    }

    public static async Task Atender(HttpContext ctx)
    {
        try
        {
            await Despachar(ctx);
        }
        catch (Exception e) when (e is BadHttpRequestException or InvalidDataException && !ctx.Response.HasStarted)
        {
            await Html(ctx, 400, Moldura(ctx, "Pedido inválido", "<h1>Pedido inválido (400)</h1>\n<p>O navegador mandou algo que não entendemos.</p>\n"));
        }
        catch (Exception e) when (!ctx.Response.HasStarted && !ctx.RequestAborted.IsCancellationRequested)
        {
            ctx.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Clinic.Legacy").LogError(e, "Unhandled error on {Method} {Path}", ctx.Request.Method, ctx.Request.Path.Value);
            ctx.Response.Headers.Clear();
            await Html(ctx, 500, "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
                + "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"pt-br\">\n<head><title>Erro no servidor - SISMED</title>\n<link rel=\"stylesheet\" type=\"text/css\" href=\"/static/css/site.css\" />\n</head>\n"
                + "<body>\n<div id=\"conteudo\">\n<h1>Erro no servidor (500)</h1>\n<p>Aconteceu um erro. A equipe já foi avisada por e-mail.</p>\n<p><a href=\"/\">Voltar ao início</a></p>\n</div>\n</body>\n</html>\n");
        }
    }

    static Task Despachar(HttpContext ctx)
    {
        var caminho = ctx.Request.Path.Value ?? "/";
        if (caminho.StartsWith("/static/", StringComparison.Ordinal)) return Estatico(ctx, caminho);
        if (caminho == "/favicon.ico") return Redirecionar(ctx, 301, "/static/img/logo.gif");

        // modulo de autenticacao remota nao instalado
        if (caminho == RemoteAuthenticationModule.Path) return NaoEncontrada(ctx);

        // LoginRequiredMiddleware: vem antes de tudo, ate do 404 e da barra no fim
        if (caminho != "/login/" && caminho != "/logout/" && UsuarioAtual(ctx) == null) return IrParaLogin(ctx, Alvo(ctx));

        foreach (var u in urls)
        {
            var m = u.Padrao.Match(caminho);
            if (m.Success) return Chamar(ctx, u, m);
        }
        // APPEND_SLASH
        if (!caminho.EndsWith('/') && urls.Any(u => u.Padrao.IsMatch(caminho + "/")))
        {
            var alvo = Alvo(ctx);
            var q = alvo.IndexOf('?');
            return Redirecionar(ctx, 301, q < 0 ? alvo + "/" : alvo.Substring(0, q) + "/" + alvo.Substring(q));
        }
        return NaoEncontrada(ctx);
    }

    static async Task Chamar(HttpContext ctx, Endereco u, Match m)
    {
        if (!u.Metodos.Split(", ").Contains(ctx.Request.Method))
        {
            ctx.Response.Headers.Allow = u.Metodos;
            await Corpo(ctx, 405, "text/html; charset=utf-8", Array.Empty<byte>());
            return;
        }
        if (ctx.Request.Method == "POST")
        {
            // CsrfViewMiddleware
            var cookie = ctx.Request.Cookies["csrftoken"];
            var campo = (await Formulario(ctx))["csrfmiddlewaretoken"].LastOrDefault();
            if (!Services.ChaveDeSessaoValida(cookie) || campo == null
                || !System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(cookie), Encoding.UTF8.GetBytes(campo)))
            {
                await Html(ctx, 403, Moldura(ctx, "Proibido", "<h1>Proibido (403)</h1>\n<p>Verificação CSRF falhou. Pedido cancelado.</p>\n"));
                return;
            }
        }
        await u.View(ctx, m);
    }

    static async Task<IFormCollection> Formulario(HttpContext ctx)
    {
        if (!ctx.Request.HasFormContentType) return FormCollection.Empty;
        return await ctx.Request.ReadFormAsync(ctx.RequestAborted);
    }

    public static Task IrParaLogin(HttpContext ctx, string alvo)
    {
        return Redirecionar(ctx, 302, "/login/?next=" + Uri.EscapeDataString(alvo));
    }

    // ------------------------------------------------------------------ respostas

    static Task Corpo(HttpContext ctx, int status, string tipo, byte[] corpo)
    {
        var r = ctx.Response;
        r.StatusCode = status;
        r.Headers.ContentType = tipo;
        r.Headers.ContentLanguage = "pt-br";
        r.Headers.Vary = "Accept-Language, Cookie";
        r.Headers.XFrameOptions = "SAMEORIGIN";
        r.Headers.CacheControl = "private, max-age=0";
        r.ContentLength = corpo.Length;
        if (ctx.Request.Method == "HEAD" || corpo.Length == 0) return Task.CompletedTask;
        return r.Body.WriteAsync(corpo, 0, corpo.Length, ctx.RequestAborted);
    }

    static Task Html(HttpContext ctx, int status, string html)
    {
        return Corpo(ctx, status, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(html));
    }

    static Task Planilha(HttpContext ctx, string arquivo, byte[] corpo)
    {
        ctx.Response.Headers.ContentDisposition = "attachment; filename=" + arquivo;
        return Corpo(ctx, 200, "text/csv; charset=windows-1252", corpo);
    }

    static Task Redirecionar(HttpContext ctx, int status, string para)
    {
        ctx.Response.Headers.Location = IriParaUri(para);
        return Corpo(ctx, status, "text/html; charset=utf-8", Array.Empty<byte>());
    }

    static string IriParaUri(string s)
    {
        var sb = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(s))
        {
            if (b > 0x20 && b < 0x7F && b != '"' && b != '<' && b != '>' && b != '\\' && b != '^' && b != '`' && b != '{' && b != '|' && b != '}') sb.Append((char)b);
            else sb.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return sb.ToString();
    }

    static Task NaoEncontrada(HttpContext ctx)
    {
        return Html(ctx, 404, Moldura(ctx, "Página não encontrada", "<h1>Página não encontrada (404)</h1>\n<p>O endereço pedido não existe neste servidor.</p>\n<p><a href=\"/\">Voltar ao início</a></p>\n"));
    }

    // o escape do Django: & < > " '
    public static string E(string s)
    {
        if (s == null) return "";
        return s.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;").Replace("'", "&#39;");
    }

    static string E(int n) { return n.ToString(CultureInfo.InvariantCulture); }

    // QueryDict.get: o ultimo vale
    static string Get(HttpContext ctx, string nome)
    {
        StringValues v;
        if (!ctx.Request.Query.TryGetValue(nome, out v) || v.Count == 0) return "";
        return v[v.Count - 1] ?? "";
    }

    // int(request.GET.get(nome)) com try/except; brancos em volta e sinal valem, como no Python
    static int? GetInt(HttpContext ctx, string nome)
    {
        int n;
        return int.TryParse(Get(ctx, nome).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out n) ? n : null;
    }

    // so dd/mm/aaaa
    static DateTime? GetData(HttpContext ctx, string nome)
    {
        DateTime d;
        return DateTime.TryParseExact(Get(ctx, nome).Trim(), "dd'/'MM'/'yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out d) ? d : null;
    }

    // "?a=1&b=2" ou "", pulando os vazios
    static string Consulta(params string[] paresNomeValor)
    {
        var sb = new StringBuilder();
        for (int i = 0; i < paresNomeValor.Length; i += 2)
        {
            if (string.IsNullOrEmpty(paresNomeValor[i + 1])) continue;
            sb.Append(sb.Length == 0 ? '?' : '&').Append(paresNomeValor[i]).Append('=').Append(Uri.EscapeDataString(paresNomeValor[i + 1]));
        }
        return sb.ToString();
    }

    // base.html
    static string Moldura(HttpContext ctx, string titulo, string conteudo)
    {
        var u = UsuarioAtual(ctx);
        var sb = new StringBuilder();
        sb.Append("<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n");
        sb.Append("<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"pt-br\">\n<head>\n");
        sb.Append("<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\" />\n");
        sb.Append("<title>" + E(titulo) + " - SISMED</title>\n");
        sb.Append("<link rel=\"stylesheet\" type=\"text/css\" href=\"/static/css/site.css\" />\n");
        sb.Append("</head>\n<body>\n<div id=\"topo\">\n");
        sb.Append("<a href=\"/\"><img src=\"/static/img/logo.gif\" alt=\"SISMED\" width=\"120\" height=\"40\" /></a>\n");
        if (u != null) sb.Append("<p id=\"usuario\">Usuário: <strong>" + E(u.GetNomeCompleto()) + "</strong> | <a href=\"/logout/\">sair</a></p>\n");
        sb.Append("</div>\n");
        if (u != null)
        {
            sb.Append("<ul id=\"menu\">\n");
            sb.Append("<li><a href=\"/fila/\">Fila</a></li>\n");
            sb.Append("<li><a href=\"/pacientes/\">Pacientes</a></li>\n");
            sb.Append("<li><a href=\"/pedidos/\">Pedidos de exame</a></li>\n");
            sb.Append("<li><a href=\"" + Reverse("periodicos") + "\">Periódicos</a></li>\n");
            sb.Append("<li><a href=\"/atestados/\">Atestados</a></li>\n");
            sb.Append("<li><a href=\"" + Reverse("abs_homolog:absenteeism_consolidated") + "\">Absenteísmo</a></li>\n");
            sb.Append("<li><a href=\"" + Reverse("abs_homolog:absenteeism_cat_chart") + "\">CAT</a></li>\n");
            sb.Append("<li><a href=\"/clientes/\">Clientes</a></li>\n");
            sb.Append("</ul>\n");
        }
        sb.Append("<div id=\"conteudo\">\n");
        sb.Append(conteudo);
        sb.Append("</div>\n<div id=\"rodape\">SISMED - Sistema de Medicina Ocupacional - versão 1.4</div>\n</body>\n</html>\n");
        return sb.ToString();
    }

    static string Token(HttpContext ctx)
    {
        var t = ctx.Request.Cookies["csrftoken"];
        if (!Services.ChaveDeSessaoValida(t))
        {
            t = Services.Aleatorio(32);
            ctx.Response.Headers.Append("Set-Cookie", "csrftoken=" + t + "; expires=" + DataCookie(ctx, 31449600) + "; Max-Age=31449600; Path=/");
        }
        return "<div style=\"display:none\"><input type=\"hidden\" name=\"csrfmiddlewaretoken\" value=\"" + t + "\" /></div>\n";
    }

    static string DataCookie(HttpContext ctx, int segundos)
    {
        return ctx.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().AddSeconds(segundos).ToString("ddd, dd-MMM-yyyy HH:mm:ss 'GMT'", CultureInfo.InvariantCulture);
    }

    // ------------------------------------------------------------------ arquivos estaticos

    static readonly DateTime estaticosDe = new DateTime(2013, 11, 4, 12, 0, 0, DateTimeKind.Utc);

    static Task Estatico(HttpContext ctx, string caminho)
    {
        if (ctx.Request.Method != "GET" && ctx.Request.Method != "HEAD")
        {
            ctx.Response.Headers.Allow = "GET, HEAD";
            return Corpo(ctx, 405, "text/html; charset=utf-8", Array.Empty<byte>());
        }
        string tipo;
        switch (caminho)
        {
            case "/static/css/site.css": tipo = "text/css"; break;
            case "/static/img/logo.gif": tipo = "image/gif"; break;
            default: return NaoEncontrada(ctx);
        }
        using var arq = typeof(Views).Assembly.GetManifestResourceStream(caminho.Substring(1));
        var corpo = new byte[arq.Length];
        arq.ReadExactly(corpo);
        var r = ctx.Response;
        var etag = "\"" + corpo.Length.ToString("x", CultureInfo.InvariantCulture) + "-4ea5c1\"";
        r.Headers.LastModified = estaticosDe.ToString("R", CultureInfo.InvariantCulture);
        r.Headers.ETag = etag;
        r.Headers.AcceptRanges = "bytes";
        if (ctx.Request.Headers.IfNoneMatch == etag)
        {
            r.StatusCode = 304;
            return Task.CompletedTask;
        }
        r.StatusCode = 200;
        r.Headers.ContentType = tipo;
        r.ContentLength = corpo.Length;
        if (ctx.Request.Method == "HEAD") return Task.CompletedTask;
        return r.Body.WriteAsync(corpo, 0, corpo.Length, ctx.RequestAborted);
    }

    // ------------------------------------------------------------------ entrada e saida

    static Task Home(HttpContext ctx, Match m)
    {
        var sb = new StringBuilder();
        sb.Append("<h1>SISMED</h1>\n<p>Escolha uma opção:</p>\n<ul>\n");
        sb.Append("<li><a href=\"/fila/\">Fila de atendimento</a></li>\n");
        sb.Append("<li><a href=\"/pacientes/\">Pacientes</a></li>\n");
        sb.Append("<li><a href=\"/pedidos/\">Pedidos de exame</a></li>\n");
        sb.Append("<li><a href=\"" + Reverse("periodicos") + "\">Exames periódicos</a></li>\n");
        sb.Append("<li><a href=\"" + Reverse("periodicos_vencendo") + "?dias=30\">Periódicos vencendo em 30 dias</a></li>\n");
        sb.Append("<li><a href=\"/atestados/\">Atestados</a></li>\n");
        sb.Append("<li><a href=\"" + Reverse("abs_homolog:absenteeism_consolidated") + "\">Absenteísmo consolidado</a></li>\n");
        sb.Append("<li><a href=\"" + Reverse("abs_homolog:absenteeism_cat_chart") + "\">Acidentes de trabalho (CAT)</a></li>\n");
        sb.Append("<li><a href=\"/clientes/\">Clientes</a></li>\n");
        sb.Append("</ul>\n");
        return Html(ctx, 200, Moldura(ctx, "Início", sb.ToString()));
    }

    // so caminho daqui
    public static bool CaminhoLocal(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] != '/') return false;
        if (s.Length > 1 && (s[1] == '/' || s[1] == '\\')) return false;
        return !s.Any(char.IsControl);
    }

    static async Task Login(HttpContext ctx, Match m)
    {
        var erro = "";
        var next = Get(ctx, "next");
        var username = "";
        if (ctx.Request.Method == "POST")
        {
            var f = await Formulario(ctx);
            next = f["next"].LastOrDefault() ?? "";
            username = f["username"].LastOrDefault() ?? "";
            var relogio = ctx.RequestServices.GetRequiredService<TimeProvider>();
            var chave = Services.Entrar(ctx.RequestServices.GetRequiredService<Banco>(), relogio, username, f["password"].LastOrDefault() ?? "", ctx.Request.Cookies["sessionid"]);
            if (chave != null)
            {
                ctx.Response.Headers.Append("Set-Cookie", "sessionid=" + chave + "; expires=" + DataCookie(ctx, Services.DuasSemanas) + "; httponly; Max-Age=" + Services.DuasSemanas + "; Path=/");
                await Redirecionar(ctx, 302, CaminhoLocal(next) ? next : "/");
                return;
            }
            erro = "<p class=\"erro\">Usuário ou senha inválidos.</p>\n";
        }
        var sb = new StringBuilder();
        sb.Append("<h1>Entrar</h1>\n" + erro);
        sb.Append("<form method=\"post\" action=\"/login/\">\n" + Token(ctx));
        sb.Append("<input type=\"hidden\" name=\"next\" value=\"" + E(next) + "\" />\n");
        sb.Append("<p><label for=\"id_username\">Usuário:</label> <input id=\"id_username\" type=\"text\" name=\"username\" maxlength=\"30\" value=\"" + E(username) + "\" /></p>\n");
        sb.Append("<p><label for=\"id_password\">Senha:</label> <input id=\"id_password\" type=\"password\" name=\"password\" /></p>\n");
        sb.Append("<p><input type=\"submit\" value=\"Entrar\" /></p>\n</form>\n");
        await Html(ctx, 200, Moldura(ctx, "Entrar", sb.ToString()));
    }

    static Task Logout(HttpContext ctx, Match m)
    {
        Services.Sair(ctx.RequestServices.GetRequiredService<Banco>(), ctx.Request.Cookies["sessionid"]);
        ctx.Response.Headers.Append("Set-Cookie", "sessionid=; expires=Thu, 01-Jan-1970 00:00:00 GMT; Max-Age=0; Path=/");
        return Redirecionar(ctx, 302, "/login/");
    }

    // ------------------------------------------------------------------ periodicos

    // empresa que nao e numero: sem filtro. dias que nao e numero: 30. pagina que nao e numero: 1; fora da faixa (0 tambem): a ultima.
    static Services.FiltroPeriodicos LerFiltroPeriodicos(HttpContext ctx, bool vencendo)
    {
        return new Services.FiltroPeriodicos
        {
            Empresa = GetInt(ctx, "empresa"),
            Q = Get(ctx, "q"),
            Dias = vencendo ? GetInt(ctx, "dias") ?? 30 : null,
        };
    }

    static Task Periodicos(HttpContext ctx, bool vencendo)
    {
        var f = LerFiltroPeriodicos(ctx, vencendo);
        var lista = Services.Periodicos(ctx.RequestServices.GetRequiredService<Banco>(), f);
        var url = vencendo ? Reverse("periodicos_vencendo") : Reverse("periodicos");
        var empresa = f.Empresa == null ? "" : E(f.Empresa.Value);
        var q = f.Q.Trim() == "" ? "" : f.Q;
        var dias = f.Dias == null ? "" : E(f.Dias.Value);
        var titulo = vencendo ? "Periódicos vencendo em " + dias + " dias" : "Exames periódicos";

        var paginas = Math.Max(1, (lista.Count + 49) / 50);
        var pagina = Get(ctx, "pagina") == "" ? 1 : GetInt(ctx, "pagina") ?? 1;
        if (pagina < 1 || pagina > paginas) pagina = paginas;

        var sb = new StringBuilder();
        sb.Append("<h1>" + titulo + "</h1>\n");
        sb.Append("<form method=\"get\" action=\"" + url + "\" class=\"filtro\">\n");
        sb.Append("Empresa (código): <input type=\"text\" name=\"empresa\" size=\"6\" value=\"" + empresa + "\" />\n");
        sb.Append("Nome: <input type=\"text\" name=\"q\" size=\"30\" value=\"" + E(q) + "\" />\n");
        if (vencendo) sb.Append("Dias: <input type=\"text\" name=\"dias\" size=\"4\" value=\"" + dias + "\" />\n");
        sb.Append("<input type=\"submit\" value=\"Filtrar\" />\n</form>\n");

        int vencidos = 0, vencem = 0, emdia = 0;
        foreach (var l in lista)
        {
            if (l.Dias < 0) vencidos++;
            else if (l.Dias <= 30) vencem++;
            else emdia++;
        }
        sb.Append("<table class=\"barras\">\n");
        Barra(sb, "Vencido", "vencido", vencidos, lista.Count);
        Barra(sb, "Vence em 30 dias", "vence", vencem, lista.Count);
        Barra(sb, "Em dia", "emdia", emdia, lista.Count);
        sb.Append("</table>\n");
        sb.Append("<p class=\"links\"><a href=\"" + Reverse("periodicos") + "\">Todos</a> | <a href=\"" + Reverse("periodicos_vencendo") + "?dias=30\">Vencendo em 30 dias</a> | <a href=\""
            + E(Reverse("periodicos_exportar") + Consulta("empresa", empresa, "q", q, "dias", dias)) + "\">Exportar planilha</a></p>\n");

        sb.Append("<table class=\"lista\">\n<tr><th>Nome</th><th>Empresa</th><th>Último exame</th><th>Dias</th><th>Situação</th></tr>\n");
        if (lista.Count == 0) sb.Append("<tr><td colspan=\"5\">Nenhum paciente encontrado.</td></tr>\n");
        for (int i = (pagina - 1) * 50; i < lista.Count && i < pagina * 50; i++)
        {
            var l = lista[i];
            sb.Append("<tr class=\"" + (i % 2 == 0 ? "par " : "impar ") + l.Classe + "\"><td><a href=\"/pacientes/" + l.Id + "/\">" + E(l.Nome) + "</a></td><td>");
            if (l.EmpresaId == null) sb.Append(E(l.Empresa));
            else sb.Append("<a href=\"" + Reverse("periodicos") + "?empresa=" + l.EmpresaId + "\">" + E(l.Empresa) + "</a>");
            sb.Append("</td><td>" + Models.MostrarData(l.Exame) + "</td><td class=\"num\">" + E(l.Dias) + "</td><td>" + l.Situacao + "</td></tr>\n");
        }
        sb.Append("</table>\n");
        sb.Append("<p class=\"paginas\">" + lista.Count + (lista.Count == 1 ? " paciente" : " pacientes") + ". Página " + pagina + " de " + paginas + ".");
        if (pagina > 1) sb.Append(" <a href=\"" + E(url + Consulta("empresa", empresa, "q", q, "dias", dias, "pagina", E(pagina - 1))) + "\">&laquo; anterior</a>");
        if (pagina < paginas) sb.Append(" <a href=\"" + E(url + Consulta("empresa", empresa, "q", q, "dias", dias, "pagina", E(pagina + 1))) + "\">próxima &raquo;</a>");
        sb.Append("</p>\n");
        return Html(ctx, 200, Moldura(ctx, titulo, sb.ToString()));
    }

    static void Barra(StringBuilder sb, string rotulo, string classe, int quantos, int total)
    {
        var largura = total == 0 ? 0 : (int)(100L * quantos / total);
        sb.Append("<tr><th>" + rotulo + "</th><td class=\"barra\"><div class=\"" + classe + "\" style=\"width:" + largura + "%\"></div></td><td class=\"num\">" + quantos + "</td><td class=\"num\">" + Services.Percentual(quantos, total) + "%</td></tr>\n");
    }

    // dias so filtra a planilha se veio e e numero
    static Task PeriodicosExportar(HttpContext ctx, Match m)
    {
        var f = LerFiltroPeriodicos(ctx, false);
        f.Dias = GetInt(ctx, "dias");
        var lista = Services.Periodicos(ctx.RequestServices.GetRequiredService<Banco>(), f);
        return Planilha(ctx, "periodicos.csv", Services.PlanilhaPeriodicos(lista));
    }

    // ------------------------------------------------------------------ abs_homolog.views

    // empresa que nao e numero e data que nao e dd/mm/aaaa: sem filtro
    static Services.FiltroAbsenteismo LerFiltroAbsenteismo(HttpContext ctx)
    {
        return new Services.FiltroAbsenteismo { Empresa = GetInt(ctx, "empresa"), De = GetData(ctx, "de"), Ate = GetData(ctx, "ate") };
    }

    static string ConsultaAbsenteismo(Services.FiltroAbsenteismo f)
    {
        return Consulta("empresa", f.Empresa == null ? "" : E(f.Empresa.Value), "de", Models.MostrarData(f.De), "ate", Models.MostrarData(f.Ate));
    }

    static void FormularioAbsenteismo(StringBuilder sb, Services.FiltroAbsenteismo f, string url, string exportar)
    {
        sb.Append("<form method=\"get\" action=\"" + url + "\" class=\"filtro\">\n");
        sb.Append("Empresa (código): <input type=\"text\" name=\"empresa\" size=\"6\" value=\"" + (f.Empresa == null ? "" : E(f.Empresa.Value)) + "\" />\n");
        sb.Append("De: <input type=\"text\" name=\"de\" size=\"10\" value=\"" + Models.MostrarData(f.De) + "\" />\n");
        sb.Append("Até: <input type=\"text\" name=\"ate\" size=\"10\" value=\"" + Models.MostrarData(f.Ate) + "\" />\n");
        sb.Append("<input type=\"submit\" value=\"Filtrar\" />\n</form>\n");
        sb.Append("<p class=\"links\"><a href=\"" + E(Reverse("abs_homolog:absenteeism_consolidated") + ConsultaAbsenteismo(f)) + "\">Consolidado</a> | <a href=\""
            + E(Reverse("abs_homolog:absenteeism_cat_chart") + ConsultaAbsenteismo(f)) + "\">CAT</a> | <a href=\"" + E(Reverse(exportar) + ConsultaAbsenteismo(f)) + "\">Exportar planilha</a></p>\n");
    }

    static Task AbsenteeismReport(HttpContext ctx, Match m)
    {
        var f = LerFiltroAbsenteismo(ctx);
        var r = Services.Absenteismo(ctx.RequestServices.GetRequiredService<Banco>(), f, false);
        var sb = new StringBuilder();
        sb.Append("<h1>Absenteísmo consolidado</h1>\n");
        FormularioAbsenteismo(sb, f, Reverse("abs_homolog:absenteeism_consolidated"), "abs_homolog:absenteeism_consolidated_export");
        sb.Append("<p class=\"resumo\">Atestados: <strong>" + r.Atestados + "</strong>. Dias perdidos: <strong>" + r.Dias + "</strong>. Pacientes: <strong>" + r.Pacientes + "</strong>.</p>\n");
        sb.Append("<h2>Por capítulo da CID-10</h2>\n<table class=\"grafico\">\n<tr><th>Capítulo</th><th>Atestados</th><th>Dias</th><th>%</th><th></th></tr>\n");
        foreach (var g in r.Capitulos)
        {
            var largura = r.Dias == 0 ? 0 : (int)(300L * g.Dias / r.Dias);
            sb.Append("<tr><td>" + E(g.Titulo) + "</td><td class=\"num\">" + g.Atestados + "</td><td class=\"num\">" + g.Dias + "</td><td class=\"num\">" + Services.Percentual(g.Dias, r.Dias)
                + "</td><td><svg width=\"300\" height=\"14\"><rect x=\"0\" y=\"0\" width=\"" + largura + "\" height=\"14\" fill=\"" + (g.Ordem == 0 ? "#999999" : "#336699") + "\" /></svg></td></tr>\n");
        }
        sb.Append("</table>\n");
        GraficoMeses(sb, r, "Dias perdidos por mês", false);
        return Html(ctx, 200, Moldura(ctx, "Absenteísmo consolidado", sb.ToString()));
    }

    static void GraficoMeses(StringBuilder sb, Services.RelatorioAbsenteismo r, string titulo, bool cat)
    {
        sb.Append("<h2>" + titulo + "</h2>\n");
        int maior = 1;
        foreach (var g in r.Meses) if (g.Dias > maior) maior = g.Dias;
        sb.Append("<svg class=\"meses\" width=\"" + (40 + r.Meses.Count * 30) + "\" height=\"190\">\n");
        for (int i = 0; i < r.Meses.Count; i++)
        {
            var g = r.Meses[i];
            var alt = (int)(150L * g.Dias / maior);
            sb.Append("<rect x=\"" + (20 + i * 30) + "\" y=\"" + (160 - alt) + "\" width=\"20\" height=\"" + alt + "\" fill=\"" + (cat ? "#cc3333" : "#336699") + "\"><title>" + g.Titulo + ": " + g.Dias + "</title></rect>\n");
            sb.Append("<text x=\"" + (30 + i * 30) + "\" y=\"175\" font-size=\"8\" text-anchor=\"middle\">" + g.Titulo.Substring(0, 2) + "/" + g.Titulo.Substring(g.Titulo.Length - 2) + "</text>\n");
        }
        sb.Append("</svg>\n<table class=\"grafico\">\n<tr><th>Mês</th><th>" + (cat ? "Acidentes</th><th>Sem número" : "Atestados") + "</th><th>Dias</th></tr>\n");
        foreach (var g in r.Meses)
            sb.Append("<tr><td>" + g.Titulo + "</td><td class=\"num\">" + g.Atestados + (cat ? "</td><td class=\"num\">" + g.SemNumero : "") + "</td><td class=\"num\">" + g.Dias + "</td></tr>\n");
        sb.Append("</table>\n");
    }

    static Task AbsenteeismReportExport(HttpContext ctx, Match m)
    {
        var r = Services.Absenteismo(ctx.RequestServices.GetRequiredService<Banco>(), LerFiltroAbsenteismo(ctx), false);
        return Planilha(ctx, "absenteismo.csv", Services.PlanilhaConsolidado(r));
    }

    static Task AbsenteeismCatReport(HttpContext ctx, Match m)
    {
        var f = LerFiltroAbsenteismo(ctx);
        var r = Services.Absenteismo(ctx.RequestServices.GetRequiredService<Banco>(), f, true);
        var sb = new StringBuilder();
        sb.Append("<h1>Acidentes de trabalho (CAT)</h1>\n");
        FormularioAbsenteismo(sb, f, Reverse("abs_homolog:absenteeism_cat_chart"), "abs_homolog:absenteeism_cat_export");
        sb.Append("<p class=\"resumo\">Acidentes: <strong>" + r.Atestados + "</strong>. Sem número de CAT: <strong>" + r.SemNumero + "</strong>. Dias perdidos: <strong>" + r.Dias + "</strong>. Pacientes: <strong>" + r.Pacientes + "</strong>.</p>\n");
        GraficoMeses(sb, r, "Acidentes por mês", true);
        sb.Append("<h2>Últimos acidentes</h2>\n<table class=\"lista\">\n<tr><th>Atestado</th><th>Início</th><th>Fim</th><th>Dias</th><th>CID</th><th>Capítulo</th><th>CAT</th></tr>\n");
        if (r.Linhas.Count == 0) sb.Append("<tr><td colspan=\"7\">Nenhum acidente no período.</td></tr>\n");
        for (int i = 0; i < r.Linhas.Count && i < 50; i++)
        {
            var a = r.Linhas[i];
            var cid = a.GetCid();
            var cap = a.GetCapitulo();
            sb.Append("<tr class=\"" + (i % 2 == 0 ? "par" : "impar") + "\"><td><a href=\"/atestados/" + a.id + "/\">" + a.id + "</a></td><td>" + Models.MostrarData(a.Comeco) + "</td><td>" + Models.MostrarData(a.Termino)
                + "</td><td class=\"num\">" + a.Dias + "</td><td>" + (cid == "" ? "-" : cid) + "</td><td>" + (cap == 0 ? "Outros" : Cid10.Capitulos[cap - 1].romano)
                + "</td><td>" + (a.GetNumeroCat() == "" ? "<em>sem número</em>" : E(a.GetNumeroCat())) + "</td></tr>\n");
        }
        sb.Append("</table>\n");
        return Html(ctx, 200, Moldura(ctx, "Acidentes de trabalho (CAT)", sb.ToString()));
    }

    static Task AbsenteeismCatExport(HttpContext ctx, Match m)
    {
        var r = Services.Absenteismo(ctx.RequestServices.GetRequiredService<Banco>(), LerFiltroAbsenteismo(ctx), true);
        return Planilha(ctx, "cat.csv", Services.PlanilhaCat(r));
    }
}
