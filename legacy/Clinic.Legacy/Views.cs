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

        Url("/fila/", "GET, HEAD", "fila", (c, m) => Fila(c, null));
        Url("/fila/painel/([0-9]+)/", "GET, HEAD", "fila_painel", Painel);
        Url("/fila/chegada/", "POST", "fila_chegada", FilaChegada);
        Url("/fila/chamar/", "POST", "fila_chamar", FilaChamar);
        Url("/fila/sair/", "POST", "fila_sair", FilaSair);

        Url("/pacientes/", "GET, HEAD", "pacientes", Pacientes);
        Url("/pacientes/novo/", "GET, HEAD, POST", "paciente_novo", (c, m) => PacienteForm(c, null));
        Url("/pacientes/([0-9]+)/", "GET, HEAD, POST", "paciente", PacienteForm);
        Url("/pacientes/([0-9]+)/excluir/", "POST", "paciente_excluir", PacienteExcluir);

        Url("/pedidos/", "GET, HEAD", "pedidos", Pedidos);
        Url("/pedidos/novo/", "GET, HEAD, POST", "pedido_novo", PedidoNovo);
        Url("/pedidos/([0-9]+)/", "GET, HEAD", "pedido", (c, m) => Pedido(c, m, null));
        Url("/pedidos/([0-9]+)/finalizar/", "POST", "pedido_finalizar", PedidoFinalizar);
        Url("/pedidos/([0-9]+)/cancelar/", "POST", "pedido_cancelar", PedidoCancelar);

        Url("/atestados/", "GET, HEAD", "atestados", Atestados);
        Url("/atestados/novo/", "GET, HEAD, POST", "atestado_novo", (c, m) => AtestadoForm(c, null));
        Url("/atestados/([0-9]+)/", "GET, HEAD, POST", "atestado", AtestadoForm);
        Url("/atestados/([0-9]+)/excluir/", "POST", "atestado_excluir", AtestadoExcluir);
        Url("/atestados/([0-9]+)/arquivo/", "GET, HEAD", "atestado_arquivo", AtestadoArquivo);

        Url("/clientes/", "GET, HEAD", "clientes", Clientes);
        Url("/clientes/([0-9]+)/", "GET, HEAD", "cliente", Cliente);

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
        ctx.Response.Headers.Location = Services.IriParaUri(para);
        return Corpo(ctx, status, "text/html; charset=utf-8", Array.Empty<byte>());
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

    static Banco Bd(HttpContext ctx) { return ctx.RequestServices.GetRequiredService<Banco>(); }
    static Ajustes Settings(HttpContext ctx) { return ctx.RequestServices.GetRequiredService<Ajustes>(); }
    static TimeProvider Relogio(HttpContext ctx) { return ctx.RequestServices.GetRequiredService<TimeProvider>(); }

    // (\d+) da url; numero grande demais = nao existe
    static int Id(Match m)
    {
        int n;
        return int.TryParse(m.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out n) ? n : -1;
    }

    static void Input(StringBuilder sb, string rotulo, string nome, string valor, int tamanho)
    {
        sb.Append("<tr><th><label for=\"id_" + nome + "\">" + rotulo + ":</label></th><td><input id=\"id_" + nome + "\" type=\"text\" name=\"" + nome + "\" size=\"" + tamanho + "\" value=\"" + E(valor) + "\" /></td></tr>\n");
    }

    static void Select(StringBuilder sb, string rotulo, string nome, string valor, params string[] paresValorTexto)
    {
        sb.Append("<tr><th><label for=\"id_" + nome + "\">" + rotulo + ":</label></th><td><select id=\"id_" + nome + "\" name=\"" + nome + "\">\n");
        var achou = false;
        for (int i = 0; i < paresValorTexto.Length; i += 2)
        {
            var este = paresValorTexto[i] == valor;
            achou |= este;
            sb.Append("<option value=\"" + E(paresValorTexto[i]) + "\"" + (este ? " selected=\"selected\"" : "") + ">" + E(paresValorTexto[i + 1]) + "</option>\n");
        }
        // codigo velho que nao esta na lista: fica como esta
        if (!achou) sb.Append("<option value=\"" + E(valor) + "\" selected=\"selected\">" + E(valor) + "</option>\n");
        sb.Append("</select></td></tr>\n");
    }

    static string Erro(string erro) { return string.IsNullOrEmpty(erro) ? "" : "<p class=\"erro\">" + E(erro) + "</p>\n"; }

    static void Paginador(StringBuilder sb, int total, int pagina, string url, params string[] consulta)
    {
        var paginas = Math.Max(1, (total + 49) / 50);
        sb.Append("<p class=\"paginas\">Total: " + total + ". Página " + pagina + " de " + paginas + ".");
        if (pagina > 1) sb.Append(" <a href=\"" + E(url + Services.Consulta(consulta.Append("pagina").Append(E(pagina - 1)).ToArray())) + "\">&laquo; anterior</a>");
        if (pagina < paginas) sb.Append(" <a href=\"" + E(url + Services.Consulta(consulta.Append("pagina").Append(E(pagina + 1)).ToArray())) + "\">próxima &raquo;</a>");
        sb.Append("</p>\n");
    }

    // int(request.GET.get('pagina', 1)), sem try: letra na pagina derruba a tela (so as telas de 2009; a de periodicos ja trata)
    static int PaginaSemTry(HttpContext ctx)
    {
        var t = Get(ctx, "pagina");
        return t == "" ? 1 : Math.Max(1, int.Parse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
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

    static async Task Login(HttpContext ctx, Match m)
    {
        var erro = "";
        var next = Get(ctx, "next");
        var username = "";
        if (ctx.Request.Method == "POST")
        {
            var f = await Formulario(ctx);
            next = f["next"].LastOrDefault() ?? "";
            username = Services.Campo(f, "username");
            var relogio = ctx.RequestServices.GetRequiredService<TimeProvider>();
            var chave = Services.Entrar(ctx.RequestServices.GetRequiredService<Banco>(), relogio, username, f["password"].LastOrDefault() ?? "", ctx.Request.Cookies["sessionid"]);
            if (chave != null)
            {
                ctx.Response.Headers.Append("Set-Cookie", "sessionid=" + chave + "; expires=" + DataCookie(ctx, Services.DuasSemanas) + "; httponly; Max-Age=" + Services.DuasSemanas + "; Path=/");
                await Redirecionar(ctx, 302, Services.CaminhoLocal(next) ? next : "/");
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

    // ------------------------------------------------------------------ fila

    static Task Fila(HttpContext ctx, string erro)
    {
        var filial = Settings(ctx).Filial;
        var presentes = Services.Presentes(Bd(ctx), filial);
        List<Sala> salas;
        Filial f;
        using (var con = Bd(ctx).Abrir())
        {
            salas = con.Query<Sala>("select id, nome, filial_id from site_sala where filial_id = @filial order by nome, id", new { filial }).ToList();
            f = Models.FilialPorId(con, filial);
        }
        var token = Token(ctx);
        var sb = new StringBuilder();
        sb.Append("<h1>Fila - " + E(f == null ? "Filial " + filial : f.nome) + "</h1>\n" + Erro(erro));
        sb.Append("<h2>Chegada</h2>\n<form method=\"post\" action=\"/fila/chegada/\" class=\"filtro\">\n" + token);
        sb.Append("CPF: <input type=\"text\" name=\"cpf\" size=\"16\" />\nEmpresa (código): <input type=\"text\" name=\"empresa\" size=\"6\" />\n<input type=\"submit\" value=\"Registrar chegada\" />\n</form>\n");
        sb.Append("<p class=\"links\"><a href=\"/fila/painel/" + filial + "/\">Painel de chamadas</a></p>\n");
        sb.Append("<table class=\"lista\">\n<tr><th>Nome</th><th>Empresa</th><th>Chegou</th><th>Situação</th><th>Chamar</th><th></th></tr>\n");
        if (presentes.Count == 0) sb.Append("<tr><td colspan=\"6\">Ninguém na fila.</td></tr>\n");
        for (int i = 0; i < presentes.Count; i++)
        {
            var p = presentes[i];
            sb.Append("<tr class=\"" + (i % 2 == 0 ? "par" : "impar") + "\"><td><a href=\"/pacientes/" + p.id + "/\">" + E(p.GetNome()) + "</a></td><td>" + E(p.GetEmpresa()) + "</td><td>" + E(p.chegou) + "</td><td>" + (p.disponivel == "S" ? "Aguardando" : "Em atendimento") + "</td><td>\n");
            sb.Append("<form method=\"post\" action=\"/fila/chamar/\">\n" + token + "<input type=\"hidden\" name=\"paciente\" value=\"" + p.id + "\" />\n<select name=\"sala\">\n");
            foreach (var s in salas) sb.Append("<option value=\"" + s.id + "\">" + E(s.nome) + "</option>\n");
            sb.Append("</select>\n<input type=\"submit\" value=\"Chamar\" />\n</form></td><td>\n<form method=\"post\" action=\"/fila/sair/\">\n" + token + "<input type=\"hidden\" name=\"paciente\" value=\"" + p.id + "\" />\n<input type=\"submit\" value=\"Sair\" />\n</form></td></tr>\n");
        }
        sb.Append("</table>\n");
        return Html(ctx, 200, Moldura(ctx, "Fila", sb.ToString()));
    }

    // a filinha: onde tudo comecou. Duas colunas, nome em maiusculas, linhas zebradas. Fica na TV da recepcao.
    static Task Painel(HttpContext ctx, Match m)
    {
        Filial f;
        using (var con = Bd(ctx).Abrir()) f = Models.FilialPorId(con, Id(m));
        if (f == null) return NaoEncontrada(ctx);
        var sb = new StringBuilder();
        sb.Append("<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n");
        sb.Append("<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"pt-br\">\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\" />\n<meta http-equiv=\"refresh\" content=\"10\" />\n");
        sb.Append("<title>Painel - " + E(f.nome) + "</title>\n<link rel=\"stylesheet\" type=\"text/css\" href=\"/static/css/site.css\" />\n</head>\n<body>\n<table class=\"painel\">\n");
        var i = 0;
        foreach (var c in Services.Chamadas(Bd(ctx), f.id))
        {
            var nome = Models.ConsertarNome(c.paciente_nome).ToUpperInvariant();
            if (nome == "") continue; // chamada de ninguem
            sb.Append("<tr class=\"" + (i % 2 == 0 ? "par" : "impar") + "\"><td class=\"nome\">" + E(nome) + "</td><td class=\"sala\">" + E(c.GetSala()) + "</td></tr>\n");
            i++;
        }
        sb.Append("</table>\n</body>\n</html>\n");
        return Html(ctx, 200, sb.ToString());
    }

    static async Task FilaChegada(HttpContext ctx, Match m)
    {
        var f = await Formulario(ctx);
        var erro = Services.PatientArrival(Bd(ctx), Settings(ctx), Relogio(ctx), UsuarioAtual(ctx), Services.Campo(f, "empresa"), Services.Campo(f, "cpf"));
        if (erro == null) await Redirecionar(ctx, 302, "/fila/");
        else await Fila(ctx, erro);
    }

    static async Task FilaChamar(HttpContext ctx, Match m)
    {
        var f = await Formulario(ctx);
        var erro = Services.Chamar(Bd(ctx), Settings(ctx), Relogio(ctx), UsuarioAtual(ctx), Services.Campo(f, "paciente"), Services.Campo(f, "sala"));
        if (erro == null) await Redirecionar(ctx, 302, "/fila/");
        else await Fila(ctx, erro);
    }

    static async Task FilaSair(HttpContext ctx, Match m)
    {
        var f = await Formulario(ctx);
        var erro = Services.SairDaFila(Bd(ctx), Settings(ctx), Services.Campo(f, "paciente"));
        if (erro == null) await Redirecionar(ctx, 302, "/fila/");
        else await Fila(ctx, erro);
    }

    // ------------------------------------------------------------------ pacientes

    static Task Pacientes(HttpContext ctx, Match m)
    {
        var q = Get(ctx, "q").Replace("\0", "");
        var pagina = PaginaSemTry(ctx);
        long total;
        var lista = Services.ProcurarPacientes(Bd(ctx), q, pagina, out total);
        var sb = new StringBuilder();
        sb.Append("<h1>Pacientes</h1>\n<form method=\"get\" action=\"/pacientes/\" class=\"filtro\">\nNome ou CPF: <input type=\"text\" name=\"q\" size=\"40\" value=\"" + E(q) + "\" />\n<input type=\"submit\" value=\"Procurar\" />\n</form>\n");
        sb.Append("<p class=\"links\"><a href=\"/pacientes/novo/\">Novo paciente</a></p>\n");
        sb.Append("<table class=\"lista\">\n<tr><th>Código</th><th>Nome</th><th>CPF</th><th>Empresa</th><th>Nascimento</th><th>Situação</th></tr>\n");
        if (lista.Count == 0) sb.Append("<tr><td colspan=\"6\">Nenhum paciente encontrado.</td></tr>\n");
        for (int i = 0; i < lista.Count; i++)
        {
            var p = lista[i];
            var nome = p.GetNome();
            sb.Append("<tr class=\"" + (i % 2 == 0 ? "par" : "impar") + "\"><td>" + p.id + "</td><td><a href=\"/pacientes/" + p.id + "/\">" + E(nome == "" ? "(SEM NOME)" : nome) + "</a></td><td>" + E((p.cpf ?? "").Trim()) + "</td><td>" + E(p.GetEmpresa()) + "</td><td>"
                + Models.MostrarData(Models.LerData(p.data_nasc)) + "</td><td>" + SituacaoTxt(p) + "</td></tr>\n");
        }
        sb.Append("</table>\n");
        Paginador(sb, (int)total, pagina, "/pacientes/", "q", q);
        return Html(ctx, 200, Moldura(ctx, "Pacientes", sb.ToString()));
    }

    static string SituacaoTxt(Paciente p)
    {
        switch (p.GetSituacao())
        {
            case 'A': return "Ativo";
            case 'I': return "Inativo";
            case 'X': return "Excluído";
            case 'U': return "Unificado";
            default: return "Desconhecida";
        }
    }

    static async Task PacienteForm(HttpContext ctx, Match m)
    {
        var p = new Paciente { status = "A" };
        if (m != null)
        {
            using var con = Bd(ctx).Abrir();
            p = Models.PacientePorId(con, null, Id(m));
            if (p == null)
            {
                await NaoEncontrada(ctx);
                return;
            }
        }
        var nome = Models.ConsertarNome(p.nome);
        var nasc = Models.MostrarData(Models.LerData(p.data_nasc));
        var exame = Models.MostrarData(p.GetDataUltimoExame());
        var empresa = p.empresa_id == null ? "" : E(p.empresa_id.Value);
        var titulo = p.id == 0 ? "Novo paciente" : p.GetNome() == "" ? "(SEM NOME)" : p.GetNome();
        string erro = null;
        if (ctx.Request.Method == "POST")
        {
            var f = await Formulario(ctx);
            erro = Services.ReceberPaciente(Bd(ctx), Relogio(ctx), Settings(ctx), p, f);
            if (erro == null)
            {
                await Redirecionar(ctx, 302, "/pacientes/" + p.id + "/?gravado=1");
                return;
            }
            nome = Services.Campo(f, "nome");
            nasc = Services.Campo(f, "data_nasc");
            exame = Services.Campo(f, "dt_ult_exame");
            empresa = Services.Campo(f, "empresa");
            p.dias_venc = Services.Campo(f, "dias_venc");
            p.cpf = Services.Campo(f, "cpf");
            p.sexo = Services.Campo(f, "sexo");
            p.status = Services.Campo(f, "status");
            p.email = Services.Campo(f, "email");
            p.tel = Services.Campo(f, "tel");
            p.obs = Services.Campo(f, "obs");
        }
        var sb = new StringBuilder();
        sb.Append("<h1>" + E(titulo) + "</h1>\n" + Erro(erro));
        if (Get(ctx, "gravado") == "1") sb.Append("<p class=\"aviso\">Dados gravados.</p>\n");
        if (p.id != 0) sb.Append("<p>Empresa: " + E(p.GetEmpresa()) + ". Situação: " + SituacaoTxt(p) + ". Cadastro: " + E(p.cadastro) + ".</p>\n");
        sb.Append("<form method=\"post\" action=\"\">\n" + Token(ctx) + "<table class=\"form\">\n");
        Input(sb, "Nome", "nome", nome, 60);
        Input(sb, "CPF", "cpf", (p.cpf ?? "").Trim(), 20);
        Select(sb, "Sexo", "sexo", (p.sexo ?? "").Trim(), "", "-", "M", "Masculino", "F", "Feminino");
        Input(sb, "Nascimento", "data_nasc", nasc, 10);
        Input(sb, "Empresa (código)", "empresa", empresa, 6);
        Select(sb, "Status", "status", (p.status ?? "").Trim(), "A", "Ativo", "I", "Inativo");
        Input(sb, "Último exame", "dt_ult_exame", exame, 10);
        Input(sb, "Dias para vencer", "dias_venc", (p.dias_venc ?? "").Trim(), 10);
        Input(sb, "E-mail", "email", p.email, 40);
        Input(sb, "Telefone", "tel", p.tel, 20);
        sb.Append("<tr><th><label for=\"id_obs\">Observações:</label></th><td><textarea id=\"id_obs\" name=\"obs\" rows=\"4\" cols=\"60\">" + E(p.obs) + "</textarea></td></tr>\n");
        sb.Append("</table>\n<p><input type=\"submit\" value=\"Gravar\" /></p>\n</form>\n");
        if (p.id != 0)
        {
            List<PedidoExame> pedidos;
            using (var con = Bd(ctx).Abrir()) pedidos = con.Query<PedidoExame>("select * from site_pedidoexame where paciente_id = @id order by id desc", new { p.id }).ToList();
            sb.Append("<h2>Pedidos de exame</h2>\n<p class=\"links\"><a href=\"/pedidos/novo/?paciente=" + p.id + "\">Novo pedido</a></p>\n<table class=\"lista\">\n<tr><th>Pedido</th><th>Tipo</th><th>Data</th><th>Situação</th></tr>\n");
            foreach (var x in pedidos) sb.Append("<tr><td><a href=\"/pedidos/" + x.id + "/\">" + x.id + "</a></td><td>" + E(x.GetTipo()) + "</td><td>" + Models.MostrarData(Models.LerData(x.data)) + "</td><td>" + E(x.GetSituacaoTxt()) + "</td></tr>\n");
            sb.Append("</table>\n<form method=\"post\" action=\"/pacientes/" + p.id + "/excluir/\">\n" + Token(ctx) + "<p><input type=\"submit\" value=\"Excluir paciente\" /></p>\n</form>\n");
        }
        await Html(ctx, 200, Moldura(ctx, titulo, sb.ToString()));
    }

    static Task PacienteExcluir(HttpContext ctx, Match m)
    {
        using (var con = Bd(ctx).Abrir())
            if (Models.PacientePorId(con, null, Id(m)) == null) return NaoEncontrada(ctx);
        Services.ExcluirPaciente(Bd(ctx), Relogio(ctx), Settings(ctx), Id(m));
        return Redirecionar(ctx, 302, "/pacientes/");
    }

    // ------------------------------------------------------------------ pedidos de exame

    static Task Pedidos(HttpContext ctx, Match m)
    {
        var status = Get(ctx, "status");
        var paciente = GetInt(ctx, "paciente");
        var pagina = PaginaSemTry(ctx);
        long total;
        var lista = Services.ProcurarPedidos(Bd(ctx), status, paciente, pagina, out total);
        var sb = new StringBuilder();
        sb.Append("<h1>Pedidos de exame</h1>\n<p class=\"links\"><a href=\"/pedidos/\">Todos</a> | <a href=\"/pedidos/?status=aberto\">Abertos</a> | <a href=\"/pedidos/?status=finalizado\">Finalizados</a> | <a href=\"/pedidos/novo/\">Novo pedido</a></p>\n");
        sb.Append("<table class=\"lista\">\n<tr><th>Pedido</th><th>Paciente</th><th>Tipo</th><th>Data</th><th>Situação</th></tr>\n");
        if (lista.Count == 0) sb.Append("<tr><td colspan=\"5\">Nenhum pedido.</td></tr>\n");
        for (int i = 0; i < lista.Count; i++)
        {
            var p = lista[i];
            var nome = Models.ConsertarNome(p.paciente_nome).ToUpperInvariant();
            sb.Append("<tr class=\"" + (i % 2 == 0 ? "par" : "impar") + "\"><td><a href=\"/pedidos/" + p.id + "/\">" + p.id + "</a></td><td>" + (p.paciente_id == null ? "-" : "<a href=\"/pacientes/" + p.paciente_id + "/\">" + E(nome == "" ? "(SEM NOME)" : nome) + "</a>")
                + "</td><td>" + E(p.GetTipo()) + "</td><td>" + Models.MostrarData(Models.LerData(p.data)) + "</td><td>" + E(p.GetSituacaoTxt()) + "</td></tr>\n");
        }
        sb.Append("</table>\n");
        Paginador(sb, (int)total, pagina, "/pedidos/", "status", status, "paciente", paciente == null ? "" : E(paciente.Value));
        return Html(ctx, 200, Moldura(ctx, "Pedidos de exame", sb.ToString()));
    }

    static async Task PedidoNovo(HttpContext ctx, Match m)
    {
        var paciente = Get(ctx, "paciente");
        var tipo = "2";
        var obs = "";
        string erro = null;
        List<Exame> exames;
        using (var con = Bd(ctx).Abrir()) exames = con.Query<Exame>("select * from site_exame order by id").ToList();
        var marcados = new List<string> { "1" };
        if (ctx.Request.Method == "POST")
        {
            var f = await Formulario(ctx);
            paciente = Services.Campo(f, "paciente");
            tipo = Services.Campo(f, "tipo");
            obs = Services.Campo(f, "obs");
            marcados = f["exame"].Where(x => exames.Any(e => E(e.id) == x)).ToList();
            int id, t;
            Paciente p = null;
            using (var con = Bd(ctx).Abrir())
                if (int.TryParse(paciente, NumberStyles.None, CultureInfo.InvariantCulture, out id)) p = Models.PacientePorId(con, null, id);
            if (p == null) erro = "Paciente não encontrado.";
            else if (p.GetSituacao() != 'A') erro = "O paciente não está ativo.";
            else if (!int.TryParse(tipo, NumberStyles.None, CultureInfo.InvariantCulture, out t) || t < 1 || t > 5) erro = "Tipo inválido.";
            else if (marcados.Count == 0) erro = "Escolha pelo menos um exame.";
            else
            {
                var novo = Services.AbrirPedido(Bd(ctx), Relogio(ctx), Settings(ctx), p.id, t, string.Concat(marcados.Select(x => x + ";")), obs);
                await Redirecionar(ctx, 302, "/pedidos/" + novo + "/");
                return;
            }
        }
        var sb = new StringBuilder();
        sb.Append("<h1>Novo pedido de exame</h1>\n" + Erro(erro) + "<form method=\"post\" action=\"/pedidos/novo/\">\n" + Token(ctx) + "<table class=\"form\">\n");
        Input(sb, "Paciente (código)", "paciente", paciente, 8);
        Select(sb, "Tipo", "tipo", tipo, "1", "ADM - Admissional", "2", "PER - Periódico", "3", "RT - Retorno ao trabalho", "4", "MF - Mudança de função", "5", "DEM - Demissional");
        sb.Append("<tr><th>Exames:</th><td>\n");
        foreach (var x in exames) sb.Append("<label><input type=\"checkbox\" name=\"exame\" value=\"" + x.id + "\"" + (marcados.Contains(E(x.id)) ? " checked=\"checked\"" : "") + " /> " + E(x.nome) + (x.EhInterno() ? "" : " (externo)") + "</label><br />\n");
        sb.Append("</td></tr>\n<tr><th><label for=\"id_obs\">Observações:</label></th><td><textarea id=\"id_obs\" name=\"obs\" rows=\"4\" cols=\"60\">" + E(obs) + "</textarea></td></tr>\n");
        sb.Append("</table>\n<p><input type=\"submit\" value=\"Abrir pedido\" /></p>\n</form>\n");
        await Html(ctx, 200, Moldura(ctx, "Novo pedido de exame", sb.ToString()));
    }

    static Task Pedido(HttpContext ctx, Match m, string erro)
    {
        PedidoExame p;
        List<Exame> exames;
        List<Atendimento> atendimentos;
        Paciente paciente;
        using (var con = Bd(ctx).Abrir())
        {
            p = Models.PedidoPorId(con, null, Id(m));
            if (p == null) return NaoEncontrada(ctx);
            exames = con.Query<Exame>("select * from site_exame").ToList();
            atendimentos = con.Query<Atendimento>("select * from site_atendimento where pedido_id = @id order by id", new { p.id }).ToList();
            paciente = Models.PacientePorId(con, null, p.paciente_id);
        }
        var titulo = "Pedido de exame " + p.id;
        var sb = new StringBuilder();
        sb.Append("<h1>" + titulo + "</h1>\n" + Erro(erro) + "<table class=\"form\">\n");
        sb.Append("<tr><th>Paciente:</th><td>" + (paciente == null ? "(não encontrado)" : "<a href=\"/pacientes/" + paciente.id + "/\">" + E(paciente.GetNome() == "" ? "(SEM NOME)" : paciente.GetNome()) + "</a>") + "</td></tr>\n");
        if (paciente != null) sb.Append("<tr><th>Empresa:</th><td>" + E(paciente.GetEmpresa()) + "</td></tr>\n");
        sb.Append("<tr><th>Tipo:</th><td>" + E(p.GetTipo()) + "</td></tr>\n<tr><th>Data:</th><td>" + Models.MostrarData(Models.LerData(p.data)) + "</td></tr>\n<tr><th>Situação:</th><td>" + E(p.GetSituacaoTxt()) + "</td></tr>\n");
        sb.Append("<tr><th>Validade:</th><td>" + Models.MostrarData(Models.LerData(p.validade)) + "</td></tr>\n<tr><th>Exames:</th><td>");
        var nomes = Models.LerExames(p.exames).Select(id => exames.FirstOrDefault(x => x.id == id)?.nome ?? "(exame " + id + ")");
        sb.Append(E(string.Join(", ", nomes)) + "</td></tr>\n<tr><th>Observações:</th><td>" + E(p.obs) + "</td></tr>\n</table>\n");
        foreach (var a in atendimentos) sb.Append("<p>Atendido em " + E(a.feito_em) + " por " + E(a.responsavel) + ", de " + E(a.inicio) + " a " + E(a.fim) + ".</p>\n");
        if (p.GetSituacao() == 'A')
        {
            sb.Append("<form method=\"post\" action=\"/pedidos/" + p.id + "/finalizar/\">\n" + Token(ctx) + "<p><input type=\"submit\" value=\"Finalizar exame\" /></p>\n</form>\n");
            sb.Append("<form method=\"post\" action=\"/pedidos/" + p.id + "/cancelar/\">\n" + Token(ctx) + "<p><input type=\"submit\" value=\"Cancelar pedido\" /></p>\n</form>\n");
        }
        return Html(ctx, 200, Moldura(ctx, titulo, sb.ToString()));
    }

    static Task PedidoFinalizar(HttpContext ctx, Match m)
    {
        var erro = Services.FinalizarPedido(Bd(ctx), Relogio(ctx), Settings(ctx), UsuarioAtual(ctx), Id(m));
        return erro == null ? Redirecionar(ctx, 302, "/pedidos/" + Id(m) + "/") : Pedido(ctx, m, erro);
    }

    static Task PedidoCancelar(HttpContext ctx, Match m)
    {
        var erro = Services.CancelarPedido(Bd(ctx), Id(m));
        return erro == null ? Redirecionar(ctx, 302, "/pedidos/" + Id(m) + "/") : Pedido(ctx, m, erro);
    }

    // ------------------------------------------------------------------ atestados

    static Task Atestados(HttpContext ctx, Match m)
    {
        var empresa = GetInt(ctx, "empresa");
        var pagina = PaginaSemTry(ctx);
        long total;
        var lista = Services.ProcurarAtestados(Bd(ctx), empresa, pagina, out total);
        var sb = new StringBuilder();
        sb.Append("<h1>Atestados</h1>\n<p class=\"links\"><a href=\"/atestados/novo/\">Novo atestado</a></p>\n");
        sb.Append("<table class=\"lista\">\n<tr><th>Atestado</th><th>Paciente</th><th>Início</th><th>Fim</th><th>Dias</th><th>CID</th><th>Arquivo</th></tr>\n");
        if (lista.Count == 0) sb.Append("<tr><td colspan=\"7\">Nenhum atestado.</td></tr>\n");
        for (int i = 0; i < lista.Count; i++)
        {
            var a = lista[i];
            var conta = a.Ler();
            var nome = Models.ConsertarNome(a.paciente_nome).ToUpperInvariant();
            sb.Append("<tr class=\"" + (i % 2 == 0 ? "par" : "impar") + "\"><td><a href=\"/atestados/" + a.id + "/\">" + a.id + "</a></td><td>" + E(nome == "" ? "-" : nome) + "</td><td>" + (conta ? Models.MostrarData(a.Comeco) : "-") + "</td><td>" + (conta ? Models.MostrarData(a.Termino) : "-")
                + "</td><td class=\"num\">" + (conta ? E(a.Dias) + (a.Dias > 15 ? " (INSS)" : "") : "-") + "</td><td>" + (a.GetCid() == "" ? "-" : a.GetCid()) + "</td><td>" + (a.arquivo == null ? "" : "<a href=\"/atestados/" + a.id + "/arquivo/\">" + E(a.arquivo_nome) + "</a>") + "</td></tr>\n");
        }
        sb.Append("</table>\n");
        Paginador(sb, (int)total, pagina, "/atestados/", "empresa", empresa == null ? "" : E(empresa.Value));
        return Html(ctx, 200, Moldura(ctx, "Atestados", sb.ToString()));
    }

    static async Task AtestadoForm(HttpContext ctx, Match m)
    {
        var a = new Absenteismo { cat = "N" };
        if (m != null)
        {
            using var con = Bd(ctx).Abrir();
            a = Models.AbsenteismoPorId(con, Id(m));
            if (a == null)
            {
                await NaoEncontrada(ctx);
                return;
            }
        }
        var paciente = a.paciente_id == null ? "" : E(a.paciente_id.Value);
        var inicio = Models.MostrarData(Models.LerData(a.inicio));
        var fim = Models.MostrarData(Models.LerData(a.fim));
        string erro = null;
        if (ctx.Request.Method == "POST")
        {
            var f = await Formulario(ctx);
            erro = await Services.ReceberAtestado(Bd(ctx), Settings(ctx), a, f);
            if (erro == null)
            {
                await Redirecionar(ctx, 302, "/atestados/" + a.id + "/?gravado=1");
                return;
            }
            paciente = Services.Campo(f, "paciente");
            inicio = Services.Campo(f, "inicio");
            fim = Services.Campo(f, "fim");
            a.dias_txt = Services.Campo(f, "dias");
            a.cat = Services.Campo(f, "cat");
            a.cid_txt = Services.Campo(f, "cid");
            a.crm_txt = Services.Campo(f, "crm");
            a.emissor_txt = Services.Campo(f, "emissor");
        }
        var titulo = a.id == 0 ? "Novo atestado" : "Atestado " + a.id;
        var sb = new StringBuilder();
        sb.Append("<h1>" + titulo + "</h1>\n" + Erro(erro));
        if (Get(ctx, "gravado") == "1") sb.Append("<p class=\"aviso\">Dados gravados.</p>\n");
        if (a.id != 0) sb.Append("<p>Paciente: " + E(Models.ConsertarNome(a.paciente_nome).ToUpperInvariant()) + "." + (a.arquivo == null ? "" : " Arquivo: <a href=\"/atestados/" + a.id + "/arquivo/\">" + E(a.arquivo_nome) + "</a>.") + "</p>\n");
        sb.Append("<form method=\"post\" action=\"\" enctype=\"multipart/form-data\">\n" + Token(ctx) + "<table class=\"form\">\n");
        Input(sb, "Paciente (código)", "paciente", paciente, 8);
        Input(sb, "Início", "inicio", inicio, 10);
        Input(sb, "Fim", "fim", fim, 10);
        Input(sb, "Dias", "dias", (a.dias_txt ?? "").Trim(), 8);
        Input(sb, "CAT (S, N ou número)", "cat", (a.cat ?? "").Trim(), 20);
        Input(sb, "CID", "cid", (a.cid_txt ?? "").Trim(), 20);
        Input(sb, "CRM", "crm", (a.crm_txt ?? "").Trim(), 20);
        Input(sb, "Emissor", "emissor", (a.emissor_txt ?? "").Trim(), 30);
        sb.Append("<tr><th><label for=\"id_arquivo\">Arquivo:</label></th><td><input id=\"id_arquivo\" type=\"file\" name=\"arquivo\" /></td></tr>\n");
        sb.Append("</table>\n<p><input type=\"submit\" value=\"Gravar\" /></p>\n</form>\n");
        if (a.id != 0) sb.Append("<form method=\"post\" action=\"/atestados/" + a.id + "/excluir/\">\n" + Token(ctx) + "<p><input type=\"submit\" value=\"Excluir atestado\" /></p>\n</form>\n");
        await Html(ctx, 200, Moldura(ctx, titulo, sb.ToString()));
    }

    static Task AtestadoExcluir(HttpContext ctx, Match m)
    {
        using (var con = Bd(ctx).Abrir())
            if (Models.AbsenteismoPorId(con, Id(m)) == null) return NaoEncontrada(ctx);
        Services.ExcluirAbsenteismo(Bd(ctx), Id(m));
        return Redirecionar(ctx, 302, "/atestados/");
    }

    // o arquivo fica no disco da filial que o recebeu; nas outras, 404
    static async Task AtestadoArquivo(HttpContext ctx, Match m)
    {
        Absenteismo a;
        using (var con = Bd(ctx).Abrir()) a = Models.AbsenteismoPorId(con, Id(m));
        var caminho = a == null || string.IsNullOrEmpty(a.arquivo) ? null : Path.Combine(Settings(ctx).PastaUpload, Path.GetFileName(a.arquivo));
        if (caminho == null || !File.Exists(caminho))
        {
            await NaoEncontrada(ctx);
            return;
        }
        string tipo;
        switch (Path.GetExtension(caminho))
        {
            case ".pdf": tipo = "application/pdf"; break;
            case ".png": tipo = "image/png"; break;
            case ".gif": tipo = "image/gif"; break;
            default: tipo = "image/jpeg"; break;
        }
        ctx.Response.Headers.ContentDisposition = "attachment; filename=" + Path.GetFileName(caminho);
        ctx.Response.Headers.XContentTypeOptions = "nosniff";
        await Corpo(ctx, 200, tipo, await File.ReadAllBytesAsync(caminho, ctx.RequestAborted));
    }

    // ------------------------------------------------------------------ clientes

    static Task Clientes(HttpContext ctx, Match m)
    {
        var lista = Services.ListarClientes(Bd(ctx));
        var sb = new StringBuilder();
        sb.Append("<h1>Clientes</h1>\n<table class=\"lista\">\n<tr><th>Código</th><th>Empresa</th><th>Pacientes</th><th>Tipo</th></tr>\n");
        for (int i = 0; i < lista.Count; i++)
        {
            var e = lista[i];
            var nome = new Empresa { razao = e.razao, fantasia = e.fantasia }.GetNome();
            sb.Append("<tr class=\"" + (i % 2 == 0 ? "par" : "impar") + "\"><td>" + e.id + "</td><td><a href=\"/clientes/" + e.id + "/\">" + E(nome) + "</a></td><td class=\"num\">" + e.quantos + "</td><td>" + (e.credenciado == "S" ? "Clínica credenciada" : "Empresa") + "</td></tr>\n");
        }
        sb.Append("</table>\n");
        return Html(ctx, 200, Moldura(ctx, "Clientes", sb.ToString()));
    }

    static Task Cliente(HttpContext ctx, Match m)
    {
        Empresa e;
        using (var con = Bd(ctx).Abrir()) e = Models.EmpresaPorId(con, Id(m));
        if (e == null) return NaoEncontrada(ctx);
        var faixas = Services.Imc(Bd(ctx), e.id);
        var total = faixas.Sum();
        var sb = new StringBuilder();
        sb.Append("<h1>" + E(e.GetNome()) + "</h1>\n<table class=\"form\">\n<tr><th>CNPJ:</th><td>" + E(e.cnpj) + "</td></tr>\n<tr><th>CNAE:</th><td>" + E(e.cnae) + "</td></tr>\n<tr><th>Grau de risco:</th><td>" + E(e.grau_risco) + "</td></tr>\n<tr><th>Endereço:</th><td>" + E(e.end_txt) + "</td></tr>\n</table>\n");
        sb.Append("<p class=\"links\"><a href=\"" + Reverse("periodicos") + "?empresa=" + e.id + "\">Periódicos</a> | <a href=\"" + Reverse("abs_homolog:absenteeism_consolidated") + "?empresa=" + e.id + "\">Absenteísmo</a> | <a href=\"" + Reverse("abs_homolog:absenteeism_cat_chart") + "?empresa=" + e.id + "\">CAT</a></p>\n");
        sb.Append("<h2>Estratificação por IMC</h2>\n<table class=\"grafico\">\n<tr><th>Faixa</th><th>Pacientes</th><th>%</th></tr>\n");
        for (int i = 0; i < faixas.Length; i++) sb.Append("<tr><td>" + FichaMedica.Faixas[i] + "</td><td class=\"num\">" + faixas[i] + "</td><td class=\"num\">" + Services.Percentual(faixas[i], total) + "</td></tr>\n");
        sb.Append("</table>\n");
        return Html(ctx, 200, Moldura(ctx, e.GetNome(), sb.ToString()));
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
            + E(Reverse("periodicos_exportar") + Services.Consulta("empresa", empresa, "q", q, "dias", dias)) + "\">Exportar planilha</a></p>\n");

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
        if (pagina > 1) sb.Append(" <a href=\"" + E(url + Services.Consulta("empresa", empresa, "q", q, "dias", dias, "pagina", E(pagina - 1))) + "\">&laquo; anterior</a>");
        if (pagina < paginas) sb.Append(" <a href=\"" + E(url + Services.Consulta("empresa", empresa, "q", q, "dias", dias, "pagina", E(pagina + 1))) + "\">próxima &raquo;</a>");
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
        return Services.Consulta("empresa", f.Empresa == null ? "" : E(f.Empresa.Value), "de", Models.MostrarData(f.De), "ate", Models.MostrarData(f.Ate));
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
