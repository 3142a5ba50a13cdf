// services.py do sistema antigo: sessao, periodicos, absenteismo, planilhas. As regras que sobraram estao nas views e nos models.
using System.Data.Common;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace Clinic.Legacy;

public static partial class Services
{
    // ------------------------------------------------------------------ sessao e login

    public const int DuasSemanas = 1209600;

    static readonly Encoding win1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252, new EncoderReplacementFallback("?"), new DecoderReplacementFallback("?"));

    public static string Aleatorio(int n)
    {
        const string letras = "abcdefghijklmnopqrstuvwxyz0123456789";
        var r = new char[n];
        for (int i = 0; i < n; i++) r[i] = letras[RandomNumberGenerator.GetInt32(letras.Length)];
        return new string(r);
    }

    public static bool ChaveDeSessaoValida(string k)
    {
        return k != null && k.Length == 32 && k.All(c => c >= 'a' && c <= 'z' || c >= '0' && c <= '9');
    }

    static string Agora(TimeProvider relogio, int segundos)
    {
        return relogio.GetUtcNow().AddSeconds(segundos).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    // usuario e senha -> nova chave de sessao, ou null
    public static string Entrar(Banco banco, TimeProvider relogio, string username, string senha, string sessaoAntiga)
    {
        using var con = banco.Abrir();
        var u = con.QueryFirstOrDefault<Usuario>("select id, username, first_name, last_name, password, is_active from auth_user where username = @username", new { username });
        if (u == null || u.is_active != "S" || !u.ConfereSenha(senha)) return null;
        using var tr = con.BeginTransaction();
        con.Execute("delete from django_session where expire_date < @agora or session_key = @sessaoAntiga", new { agora = Agora(relogio, 0), sessaoAntiga = sessaoAntiga ?? "" }, tr);
        var chave = Aleatorio(32);
        con.Execute("insert into django_session (session_key, session_data, expire_date) values (@chave, @dados, @expira)",
            new { chave, dados = u.id.ToString(CultureInfo.InvariantCulture), expira = Agora(relogio, DuasSemanas) }, tr);
        con.Execute("update auth_user set last_login = @quando where id = @id", new { quando = Agora(relogio, 0), u.id }, tr);
        tr.Commit();
        return chave;
    }

    public static void Sair(Banco banco, string sessao)
    {
        if (!ChaveDeSessaoValida(sessao)) return;
        using var con = banco.Abrir();
        con.Execute("delete from django_session where session_key = @sessao", new { sessao });
    }

    public static Usuario UsuarioDaSessao(Banco banco, TimeProvider relogio, string sessao)
    {
        if (!ChaveDeSessaoValida(sessao)) return null;
        using var con = banco.Abrir();
        var dados = con.ExecuteScalar<string>("select session_data from django_session where session_key = @sessao and expire_date >= @agora", new { sessao, agora = Agora(relogio, 0) });
        int id;
        if (!int.TryParse(dados, NumberStyles.None, CultureInfo.InvariantCulture, out id)) return null;
        var u = con.QueryFirstOrDefault<Usuario>(
            "select u.id, u.username, u.first_name, u.last_name, u.password, u.is_active, p.grupos from auth_user u left join site_profissional p on p.user_id = u.id where u.id = @id order by p.id",
            new { id });
        return u != null && u.is_active == "S" ? u : null;
    }

    // o usuario como o modulo de autenticacao remota quer
    public static ClaimsPrincipal Principal(Usuario u)
    {
        var ident = new ClaimsIdentity("Forms");
        ident.AddClaim(new Claim(ClaimTypes.Name, u.username));
        ident.AddClaim(new Claim(ClaimTypes.GivenName, u.GetNomeCompleto()));
        foreach (var g in u.GetGrupos()) ident.AddClaim(new Claim(ClaimTypes.Role, g));
        return new ClaimsPrincipal(ident);
    }

    // ------------------------------------------------------------------ periodicos

    public class FiltroPeriodicos
    {
        public int? Empresa;
        public string Q = "";
        public int? Dias; // so os que vencem em 0..Dias
    }

    public class LinhaPeriodico
    {
        public int Id;
        public string Nome;
        public string Chave;
        public int? EmpresaId;
        public string Empresa;
        public DateTime Exame;
        public int Dias;

        // a mesma conta esta na folha de estilo das barras
        public string Classe { get { return Dias < 0 ? "vencido" : Dias <= 30 ? "vence" : "emdia"; } }
        public string Situacao { get { return Dias < 0 ? "Vencido" : Dias <= 30 ? "Vence em 30 dias" : "Em dia"; } }
    }

    public static List<LinhaPeriodico> Periodicos(Banco banco, FiltroPeriodicos f)
    {
        IEnumerable<Paciente> pacientes;
        using (var con = banco.Abrir())
        {
            var sql = "select id, nome, empresa_id, empresa_nome, status, excluido, dt_excl, unificado_em, dt_ult_exame, dias_venc from site_paciente";
            if (f.Empresa != null) sql += " where empresa_id = @empresa";
            pacientes = con.Query<Paciente>(sql, new { empresa = f.Empresa });
        }
        var q = Models.Chave(f.Q.Trim().ToUpperInvariant());
        var lista = new List<LinhaPeriodico>();
        foreach (var p in pacientes)
        {
            if (!p.TemPeriodico()) continue;
            if (q != "" && !p.GetChave().Contains(q, StringComparison.Ordinal)) continue;
            var dias = p.GetDiasVencimento().Value;
            if (f.Dias != null && (dias < 0 || dias > f.Dias)) continue;
            lista.Add(new LinhaPeriodico { Id = p.id, Nome = p.GetNome(), Chave = p.GetChave(), EmpresaId = p.empresa_id, Empresa = p.GetEmpresa(), Exame = p.GetDataUltimoExame().Value, Dias = dias });
        }
        lista.Sort((a, b) =>
        {
            var c = string.CompareOrdinal(a.Chave, b.Chave);
            return c != 0 ? c : a.Id.CompareTo(b.Id);
        });
        return lista;
    }

    public static byte[] PlanilhaPeriodicos(List<LinhaPeriodico> lista)
    {
        var sb = new StringBuilder();
        Linha(sb, "Código", "Nome", "Empresa", "Último exame", "Dias", "Situação");
        foreach (var l in lista)
            Linha(sb, l.Id.ToString(CultureInfo.InvariantCulture), l.Nome, l.Empresa, Models.MostrarData(l.Exame), l.Dias.ToString(CultureInfo.InvariantCulture), l.Situacao);
        return win1252.GetBytes(sb.ToString());
    }

    // ponto e virgula, CRLF; aspas so quando precisa. O Excel da recepcao le Windows-1252; o que nao cabe vira "?".
    static void Linha(StringBuilder sb, params string[] campos)
    {
        for (int i = 0; i < campos.Length; i++)
        {
            if (i > 0) sb.Append(';');
            var c = campos[i];
            if (c.IndexOfAny(new[] { ';', '"', '\r', '\n' }) >= 0) sb.Append('"').Append(c.Replace("\"", "\"\"")).Append('"');
            else sb.Append(c);
        }
        sb.Append("\r\n");
    }

    // ------------------------------------------------------------------ absenteismo

    public class FiltroAbsenteismo
    {
        public int? Empresa;
        public DateTime? De;
        public DateTime? Ate;
    }

    public class Grupo
    {
        public int Ordem; // capitulo, ou ano * 12 + mes - 1
        public string Titulo;
        public int Atestados;
        public int Dias;
        public int SemNumero;
    }

    public class RelatorioAbsenteismo
    {
        public int Atestados;
        public int Dias;
        public int Pacientes;
        public int SemNumero;
        public List<Grupo> Capitulos = new List<Grupo>();
        public List<Grupo> Meses = new List<Grupo>();
        public List<Absenteismo> Linhas = new List<Absenteismo>(); // mais novas primeiro
    }

    // Cada dia de um paciente conta uma vez: fica com o atestado que comecou antes (empate: menor id). O periodo corta dias, nao atestados.
    public static RelatorioAbsenteismo Absenteismo(Banco banco, FiltroAbsenteismo f, bool soAcidentes)
    {
        IEnumerable<Absenteismo> todas;
        using (var con = banco.Abrir())
        {
            var sql = "select id, paciente_id, empresa_id, inicio, fim, dias, dias_txt, cat, cid_txt from site_absenteismo";
            if (f.Empresa != null) sql += " where empresa_id = @empresa";
            todas = con.Query<Absenteismo>(sql, new { empresa = f.Empresa });
        }
        var lidas = todas.Where(a => a.Ler() && (!soAcidentes || a.GetAcidente() == true))
            .OrderBy(a => a.paciente_id).ThenBy(a => a.Comeco).ThenBy(a => a.id);
        var r = new RelatorioAbsenteismo();
        var capitulos = new Dictionary<int, Grupo>();
        var meses = new Dictionary<int, Grupo>();
        int? paciente = null;
        bool pacienteContado = false;
        var coberto = DateTime.MinValue;
        foreach (var a in lidas)
        {
            if (a.paciente_id != paciente)
            {
                paciente = a.paciente_id;
                pacienteContado = false;
                coberto = DateTime.MinValue;
            }
            var de = a.Comeco > coberto ? a.Comeco : coberto.AddDays(1);
            var ate = a.Termino;
            if (a.Termino > coberto) coberto = a.Termino;
            // fora do periodo?
            if (f.De != null && a.Termino < f.De) continue;
            if (f.Ate != null && a.Comeco > f.Ate) continue;
            if (f.De != null && de < f.De) de = f.De.Value;
            if (f.Ate != null && ate > f.Ate) ate = f.Ate.Value;

            r.Linhas.Add(a);
            r.Atestados++;
            if (!pacienteContado) r.Pacientes++;
            pacienteContado = true;
            var semNumero = a.GetNumeroCat() == "" ? 1 : 0;
            r.SemNumero += semNumero;
            var cap = Grupo_(capitulos, a.GetCapitulo());
            cap.Atestados++;
            var inicio = f.De != null && a.Comeco < f.De ? f.De.Value : a.Comeco;
            var mes0 = Grupo_(meses, inicio.Year * 12 + inicio.Month - 1);
            mes0.Atestados++;
            mes0.SemNumero += semNumero;
            for (var d = de; d <= ate; d = d.AddDays(1))
            {
                r.Dias++;
                cap.Dias++;
                Grupo_(meses, d.Year * 12 + d.Month - 1).Dias++;
            }
        }
        r.Linhas.Sort((a, b) =>
        {
            var c = b.Comeco.CompareTo(a.Comeco);
            return c != 0 ? c : b.id.CompareTo(a.id);
        });
        r.Meses = meses.Values.OrderBy(g => g.Ordem).ToList();
        foreach (var g in r.Meses) g.Titulo = (g.Ordem % 12 + 1).ToString("00", CultureInfo.InvariantCulture) + "/" + g.Ordem / 12;
        // os oito maiores; o resto e o que nao tem capitulo vao para Outros, no fim, sempre
        var outros = new Grupo { Titulo = "Outros" };
        foreach (var g in capitulos.Values.OrderByDescending(g => g.Dias).ThenByDescending(g => g.Atestados).ThenBy(g => g.Ordem))
        {
            if (g.Ordem == 0 || r.Capitulos.Count == 8)
            {
                outros.Atestados += g.Atestados;
                outros.Dias += g.Dias;
                continue;
            }
            var c = Cid10.Capitulos[g.Ordem - 1];
            g.Titulo = c.romano + " - " + c.titulo;
            r.Capitulos.Add(g);
        }
        r.Capitulos.Add(outros);
        return r;
    }

    static Grupo Grupo_(Dictionary<int, Grupo> d, int chave)
    {
        Grupo g;
        if (!d.TryGetValue(chave, out g)) d[chave] = g = new Grupo { Ordem = chave };
        return g;
    }

    // 12,5 (uma casa, meio para cima)
    public static string Percentual(int parte, int total)
    {
        var p = total == 0 ? 0m : Math.Round(100m * parte / total, 1, MidpointRounding.AwayFromZero);
        return p.ToString("0.0", CultureInfo.InvariantCulture).Replace('.', ',');
    }

    public static byte[] PlanilhaConsolidado(RelatorioAbsenteismo r)
    {
        var sb = new StringBuilder();
        Linha(sb, "Grupo", "Item", "Atestados", "Dias", "Percentual");
        foreach (var g in r.Capitulos) Linha(sb, "Capítulo", g.Titulo, g.Atestados.ToString(CultureInfo.InvariantCulture), g.Dias.ToString(CultureInfo.InvariantCulture), Percentual(g.Dias, r.Dias));
        foreach (var g in r.Meses) Linha(sb, "Mês", g.Titulo, g.Atestados.ToString(CultureInfo.InvariantCulture), g.Dias.ToString(CultureInfo.InvariantCulture), Percentual(g.Dias, r.Dias));
        Linha(sb, "Total", "", r.Atestados.ToString(CultureInfo.InvariantCulture), r.Dias.ToString(CultureInfo.InvariantCulture), Percentual(r.Dias, r.Dias));
        return win1252.GetBytes(sb.ToString());
    }

    public static byte[] PlanilhaCat(RelatorioAbsenteismo r)
    {
        var sb = new StringBuilder();
        Linha(sb, "Atestado", "Início", "Fim", "Dias", "CID", "Capítulo", "CAT");
        foreach (var a in r.Linhas)
        {
            var cid = a.GetCid();
            var cap = a.GetCapitulo();
            Linha(sb, a.id.ToString(CultureInfo.InvariantCulture), Models.MostrarData(a.Comeco), Models.MostrarData(a.Termino), a.Dias.ToString(CultureInfo.InvariantCulture),
                cid == "" ? "-" : cid, cap == 0 ? "Outros" : Cid10.Capitulos[cap - 1].romano, a.GetNumeroCat() == "" ? "sem número" : a.GetNumeroCat());
        }
        return win1252.GetBytes(sb.ToString());
    }
}
