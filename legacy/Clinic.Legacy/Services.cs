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

    // ------------------------------------------------------------------ utilidades

    // cabecalho Location so leva ASCII
    public static string IriParaUri(string s)
    {
        var sb = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(s))
        {
            if (b > 0x20 && b < 0x7F && b != '"' && b != '<' && b != '>' && b != '\\' && b != '^' && b != '`' && b != '{' && b != '|' && b != '}') sb.Append((char)b);
            else sb.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return sb.ToString();
    }

    // "?a=1&b=2" ou "", pulando os vazios
    public static string Consulta(params string[] paresNomeValor)
    {
        var sb = new StringBuilder();
        for (int i = 0; i < paresNomeValor.Length; i += 2)
        {
            if (string.IsNullOrEmpty(paresNomeValor[i + 1])) continue;
            sb.Append(sb.Length == 0 ? '?' : '&').Append(paresNomeValor[i]).Append('=').Append(Uri.EscapeDataString(paresNomeValor[i + 1]));
        }
        return sb.ToString();
    }

    // so caminho daqui
    public static bool CaminhoLocal(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] != '/') return false;
        if (s.Length > 1 && (s[1] == '/' || s[1] == '\\')) return false;
        return !s.Any(char.IsControl);
    }

    public static string Campo(IFormCollection f, string nome) { return (f[nome].LastOrDefault() ?? "").Replace("\0", "").Trim(); }

    // o que a tela mostrou limpo nao e gravado de volta se ninguem mexeu
    static string SeMudou(string digitado, string mostrado, string gravado) { return digitado == mostrado ? gravado : digitado; }

    // ------------------------------------------------------------------ fila

    public class PatientCheckInEvent
    {
        public Usuario usuario;
        public Paciente paciente;
        public PedidoExame pedido;
        public Filial filial;
        public Ajustes ajustes;
    }

    // signals: quem quer saber que o paciente chegou
    public static readonly List<Action<PatientCheckInEvent>> patient_check_in = new List<Action<PatientCheckInEvent>> { EnviarEmailChegada };

    // patient_arrival. Devolve o erro para a tela, ou null.
    public static string PatientArrival(Banco banco, Ajustes ajustes, TimeProvider relogio, Usuario usuario, string empresaTxt, string cpf)
    {
        int empresa;
        if (!int.TryParse((empresaTxt ?? "").Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out empresa)) return "Empresa inválida.";
        PatientCheckInEvent evento;
        using (var con = banco.Abrir())
        using (var tr = con.BeginTransaction())
        {
            var achados = Models.PacientesPorCpf(con, tr, cpf, empresa);
            if (achados.Count == 0 || Models.CpfParaBusca(cpf) == "") return "Paciente não encontrado.";
            // if (achados.Count > 1) return "Paciente duplicado."; -- comentado em 2012, travava a recepcao. Fica o mais antigo.
            var p = achados[0];
            var pedido = Models.PedidoAtivo(con, tr, p.id);
            if (pedido == null) return "O paciente precisa de um pedido de exame ativo.";
            if ((p.presente ?? "").Trim().ToUpperInvariant() == "S") return "Paciente já está presente.";
            var agora = Models.HoraDaFilial(con, ajustes.Filial, relogio);
            p.disponivel = "S";
            p.presente = "S";
            p.chegou = agora.ToString("dd'/'MM'/'yyyy HH:mm", CultureInfo.InvariantCulture);
            p.presente_em = ajustes.Filial;
            var n = con.Execute("update site_paciente set disponivel = @disponivel, presente = @presente, chegou = @chegou, presente_em = @presente_em where id = @id and coalesce(presente, 'N') <> 'S'", p, tr);
            if (n == 0) return "Paciente já está presente."; // outra recepcionista foi mais rapida
            tr.Commit();
            evento = new PatientCheckInEvent { usuario = usuario, paciente = p, pedido = pedido, filial = Models.FilialPorId(con, ajustes.Filial), ajustes = ajustes };
        }
        foreach (var receptor in patient_check_in) receptor(evento);
        return null;
    }

    static void EnviarEmailChegada(PatientCheckInEvent e)
    {
        System.Net.Mail.MailAddress para;
        if (!System.Net.Mail.MailAddress.TryCreate((e.paciente.email ?? "").Trim(), out para)) para = new System.Net.Mail.MailAddress("sem-email@sismed.invalid");
        EnviarEmail(e.ajustes, para, "Chegada registrada - pedido " + e.pedido.id,
            "Olá, " + e.paciente.GetNome() + ".\r\n\r\nSua chegada foi registrada às " + e.paciente.chegou + " na filial " + (e.filial == null ? e.ajustes.Filial.ToString(CultureInfo.InvariantCulture) : e.filial.nome)
            + ".\r\nAguarde ser chamado no painel.\r\n\r\nAtendido por: " + e.usuario.GetNomeCompleto() + "\r\n");
    }

    // o postfix da filial recolhe os .eml desta pasta
    public static void EnviarEmail(Ajustes ajustes, System.Net.Mail.MailAddress para, string assunto, string corpo)
    {
        using var msg = new System.Net.Mail.MailMessage(new System.Net.Mail.MailAddress("naoresponda@sismed.invalid", "SISMED"), para);
        msg.Subject = assunto;
        msg.SubjectEncoding = Encoding.UTF8;
        msg.Body = corpo;
        msg.BodyEncoding = Encoding.UTF8;
        using var smtp = new System.Net.Mail.SmtpClient { DeliveryMethod = System.Net.Mail.SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = ajustes.PastaEmail };
        smtp.Send(msg);
    }

    public static List<Paciente> Presentes(Banco banco, int filial)
    {
        using var con = banco.Abrir();
        return con.Query<Paciente>("select * from site_paciente where presente = 'S' and presente_em = @filial order by chegou, id", new { filial }).ToList();
    }

    public static List<Chamada> Chamadas(Banco banco, int filial)
    {
        using var con = banco.Abrir();
        return con.Query<Chamada>(
            "select h.*, c.nome as paciente_nome, s.nome as sala_nome from site_chamada h left join site_paciente c on c.id = h.paciente_id left join site_sala s on s.id = h.sala_id where h.filial_id = @filial and h.status = 'C' order by h.id desc limit 10",
            new { filial }).ToList();
    }

    static Paciente NaFila(DbConnection con, DbTransaction tr, Ajustes ajustes, string pacienteTxt)
    {
        int id;
        if (!int.TryParse(pacienteTxt, NumberStyles.None, CultureInfo.InvariantCulture, out id)) return null;
        var p = Models.PacientePorId(con, tr, id);
        return p != null && p.presente == "S" && p.presente_em == ajustes.Filial ? p : null;
    }

    public static string Chamar(Banco banco, Ajustes ajustes, TimeProvider relogio, Usuario usuario, string pacienteTxt, string salaTxt)
    {
        using var con = banco.Abrir();
        using var tr = con.BeginTransaction();
        var p = NaFila(con, tr, ajustes, pacienteTxt);
        if (p == null) return "Paciente não está na fila.";
        int sala;
        if (!int.TryParse(salaTxt, NumberStyles.None, CultureInfo.InvariantCulture, out sala)
            || con.ExecuteScalar<long>("select count(*) from site_sala where id = @sala and filial_id = @filial", new { sala, filial = ajustes.Filial }, tr) == 0) return "Sala inválida.";
        var pedido = Models.PedidoAtivo(con, tr, p.id);
        var exames = Models.LerExames(pedido?.exames);
        con.Execute("update site_chamada set status = 'F' where paciente_id = @id and status = 'C'", new { p.id }, tr);
        con.Execute("insert into site_chamada (id, paciente_id, pedido_id, sala_id, sala_txt, filial_id, exame_id, examinador_id, hora, status) values (@id, @paciente, @pedido, @sala, null, @filial, @exame, @examinador, @hora, 'C')",
            new
            {
                id = banco.ProximoId(con, tr, "site_chamada"),
                paciente = p.id,
                pedido = pedido?.id,
                sala,
                filial = ajustes.Filial,
                exame = exames.Count == 0 ? (int?)null : exames[0],
                examinador = usuario.id,
                hora = Models.HoraDaFilial(con, ajustes.Filial, relogio).ToString("dd'/'MM'/'yyyy HH:mm", CultureInfo.InvariantCulture),
            }, tr);
        con.Execute("update site_paciente set disponivel = 'N' where id = @id", new { p.id }, tr);
        tr.Commit();
        return null;
    }

    public static string SairDaFila(Banco banco, Ajustes ajustes, string pacienteTxt)
    {
        using var con = banco.Abrir();
        using var tr = con.BeginTransaction();
        var p = NaFila(con, tr, ajustes, pacienteTxt);
        if (p == null) return "Paciente não está na fila.";
        TirarDaFila(con, tr, p.id);
        tr.Commit();
        return null;
    }

    static void TirarDaFila(DbConnection con, DbTransaction tr, int paciente)
    {
        con.Execute("update site_paciente set presente = 'N', disponivel = 'N' where id = @paciente", new { paciente }, tr);
        con.Execute("update site_chamada set status = 'F' where paciente_id = @paciente and status = 'C'", new { paciente }, tr);
    }

    // ------------------------------------------------------------------ pacientes

    // procura em nome_busca, gravado a partir do nome como estava: quem tem nome estragado so e achado pelo nome estragado. % vale tudo.
    public static List<Paciente> ProcurarPacientes(Banco banco, string q, int pagina, out long total)
    {
        var chave = "%" + Models.Chave(q.Trim().ToUpperInvariant()) + "%";
        var cpf = Models.CpfParaBusca(q);
        using var con = banco.Abrir();
        var onde = " from site_paciente where coalesce(excluido, 'N') <> 'S'";
        if (q.Trim() != "") onde += " and (nome_busca like @chave or replace(replace(replace(cpf, '.', ''), '-', ''), '/', '') = @cpf)";
        total = con.ExecuteScalar<long>("select count(*)" + onde, new { chave, cpf });
        return con.Query<Paciente>("select *" + onde + " order by id limit 50 offset @pular", new { chave, cpf, pular = (pagina - 1L) * 50 }).ToList();
    }

    // o formulario inteiro: confere, aplica em p o que mudou e grava. Devolve o erro, ou null.
    public static string ReceberPaciente(Banco banco, TimeProvider relogio, Ajustes ajustes, Paciente p, IFormCollection f)
    {
        var nomeMostrado = Models.ConsertarNome(p.nome);
        var nascMostrado = Models.MostrarData(Models.LerData(p.data_nasc));
        var exameMostrado = Models.MostrarData(p.GetDataUltimoExame());
        var empresaMostrada = p.empresa_id == null ? "" : p.empresa_id.Value.ToString(CultureInfo.InvariantCulture);
        var nome = Campo(f, "nome");
        var nasc = Campo(f, "data_nasc");
        var exame = Campo(f, "dt_ult_exame");
        var empresaTxt = Campo(f, "empresa");
        if (nome == "" && (nomeMostrado != "" || p.id == 0)) return "Nome: este campo é obrigatório.";
        if (nasc != "" && nasc != nascMostrado && Models.LerData(nasc) == null) return "Nascimento: data inválida.";
        if (exame != "" && exame != exameMostrado && Models.LerData(exame) == null) return "Último exame: data inválida.";
        if (empresaTxt != empresaMostrada)
        {
            int n;
            Empresa empresa = null;
            using (var con = banco.Abrir())
                if (int.TryParse(empresaTxt, NumberStyles.None, CultureInfo.InvariantCulture, out n)) empresa = Models.EmpresaPorId(con, n);
            if (empresa == null) return "Empresa inválida.";
            p.empresa_id = empresa.id;
            p.empresa_nome = empresa.fantasia; // copia; se a empresa mudar de nome, fica a velha
        }
        p.nome = SeMudou(nome, nomeMostrado, p.nome);
        p.data_nasc = SeMudou(nasc, nascMostrado, p.data_nasc);
        p.dt_ult_exame = SeMudou(exame, exameMostrado, p.dt_ult_exame);
        p.dias_venc = SeMudou(Campo(f, "dias_venc"), (p.dias_venc ?? "").Trim(), p.dias_venc);
        p.cpf = SeMudou(Campo(f, "cpf"), (p.cpf ?? "").Trim(), p.cpf);
        p.sexo = SeMudou(Campo(f, "sexo"), (p.sexo ?? "").Trim(), p.sexo);
        p.status = SeMudou(Campo(f, "status"), (p.status ?? "").Trim(), p.status);
        p.email = SeMudou(Campo(f, "email"), (p.email ?? "").Trim(), p.email);
        p.tel = SeMudou(Campo(f, "tel"), (p.tel ?? "").Trim(), p.tel);
        p.obs = SeMudou(Campo(f, "obs"), (p.obs ?? "").Trim(), p.obs);
        GravarPaciente(banco, relogio, ajustes, p);
        return null;
    }

    // duplicado: a conta e feita e ninguem usa
    public static int ContarDuplicados(DbConnection con, DbTransaction tr, Paciente p)
    {
        if (p.empresa_id == null || Models.CpfParaBusca(p.cpf) == "") return 0;
        return Models.PacientesPorCpf(con, tr, p.cpf, p.empresa_id.Value).Count(o => o.id != p.id);
    }

    public static void GravarPaciente(Banco banco, TimeProvider relogio, Ajustes ajustes, Paciente p)
    {
        using var con = banco.Abrir();
        using var tr = con.BeginTransaction();
        p.nome = Models.Cortar(p.nome, 200);
        p.nome_busca = Models.Cortar(Models.Chave((p.nome ?? "").ToUpperInvariant()), 200);
        p.cpf = Models.Cortar(p.cpf, 20);
        p.sexo = Models.Cortar(p.sexo, 10);
        p.data_nasc = Models.Cortar(p.data_nasc, 10);
        p.status = Models.Cortar(p.status, 10);
        p.dt_ult_exame = Models.Cortar(p.dt_ult_exame, 25);
        p.dias_venc = Models.Cortar(p.dias_venc, 20);
        p.email = Models.Cortar(p.email, 100);
        p.tel = Models.Cortar(p.tel, 30);
        p.obs = Models.Cortar(p.obs, 4000);
        var duplicados = ContarDuplicados(con, tr, p);
        if (duplicados > 0)
        {
            // TODO: avisar
        }
        if (p.id == 0)
        {
            p.id = banco.ProximoId(con, tr, "site_paciente");
            p.presente = "N";
            p.disponivel = "N";
            p.excluido = "N";
            p.cadastro = Models.HoraDaFilial(con, ajustes.Filial, relogio).ToString("dd'/'MM'/'yyyy HH:mm", CultureInfo.InvariantCulture);
            con.Execute("insert into site_paciente (id, nome, nome_busca, cpf, sexo, data_nasc, empresa_id, empresa_nome, status, presente, disponivel, dt_ult_exame, dias_venc, email, tel, obs, excluido, cadastro) values (@id, @nome, @nome_busca, @cpf, @sexo, @data_nasc, @empresa_id, @empresa_nome, @status, @presente, @disponivel, @dt_ult_exame, @dias_venc, @email, @tel, @obs, @excluido, @cadastro)", p, tr);
        }
        else
        {
            con.Execute("update site_paciente set nome = @nome, nome_busca = @nome_busca, cpf = @cpf, sexo = @sexo, data_nasc = @data_nasc, empresa_id = @empresa_id, empresa_nome = @empresa_nome, status = @status, dt_ult_exame = @dt_ult_exame, dias_venc = @dias_venc, email = @email, tel = @tel, obs = @obs where id = @id", p, tr);
        }
        tr.Commit();
    }

    public static void ExcluirPaciente(Banco banco, TimeProvider relogio, Ajustes ajustes, int id)
    {
        using var con = banco.Abrir();
        var hoje = Models.HoraDaFilial(con, ajustes.Filial, relogio);
        con.Execute("update site_paciente set excluido = 'S', dt_excl = @hoje where id = @id", new { hoje = Models.MostrarData(hoje), id });
    }

    // ------------------------------------------------------------------ pedidos de exame

    public static List<PedidoExame> ProcurarPedidos(Banco banco, string status, int? paciente, int pagina, out long total)
    {
        var onde = " from site_pedidoexame p left join site_paciente c on c.id = p.paciente_id where 1 = 1";
        // as mesmas letras de PedidoExame.GetSituacao, copiadas
        if (status == "aberto") onde += " and coalesce(p.status, '') in ('', 'A', 'P', '0', '1', '2')";
        if (status == "finalizado") onde += " and p.status in ('F', '3')";
        if (paciente != null) onde += " and p.paciente_id = @paciente";
        using var con = banco.Abrir();
        total = con.ExecuteScalar<long>("select count(*)" + onde, new { paciente });
        return con.Query<PedidoExame>("select p.*, c.nome as paciente_nome" + onde + " order by p.id desc limit 50 offset @pular", new { paciente, pular = (pagina - 1L) * 50 }).ToList();
    }

    public static int AbrirPedido(Banco banco, TimeProvider relogio, Ajustes ajustes, int paciente, int tipo, string exames, string obs)
    {
        using var con = banco.Abrir();
        using var tr = con.BeginTransaction();
        var id = banco.ProximoId(con, tr, "site_pedidoexame");
        var sigla = con.ExecuteScalar<string>("select sigla from site_tipopedidoexame where id = @tipo", new { tipo }, tr);
        con.Execute("insert into site_pedidoexame (id, paciente_id, tipo_id, tipo_txt, status, data, exames, obs) values (@id, @paciente, @tipo, @sigla, 'A', @data, @exames, @obs)",
            new { id, paciente, tipo, sigla, data = Models.MostrarData(Models.HoraDaFilial(con, ajustes.Filial, relogio)), exames = Models.Cortar(exames, 200), obs = Models.Cortar(obs, 4000) }, tr);
        tr.Commit();
        return id;
    }

    // Terminou o exame: fecha o pedido, grava o atendimento e empurra o vencimento do paciente. Devolve o erro, ou null.
    public static string FinalizarPedido(Banco banco, TimeProvider relogio, Ajustes ajustes, Usuario usuario, int id)
    {
        using var con = banco.Abrir();
        using var tr = con.BeginTransaction();
        var pedido = Models.PedidoPorId(con, tr, id);
        if (pedido == null || pedido.GetSituacao() != 'A') return "O pedido não está aberto.";
        var paciente = Models.PacientePorId(con, tr, pedido.paciente_id);
        if (paciente == null) return "O pedido não tem paciente.";
        var agora = Models.HoraDaFilial(con, ajustes.Filial, relogio);
        var hoje = Models.MostrarData(agora);
        var hora = agora.ToString("dd'/'MM'/'yyyy HH:mm", CultureInfo.InvariantCulture);
        var validade = pedido.GetValidadeDias();
        var n = con.Execute("update site_pedidoexame set status = 'F', validade = @validade where id = @id and coalesce(status, '') = @antes",
            new { id, validade = Models.MostrarData(agora.AddDays(validade)), antes = pedido.status ?? "" }, tr);
        if (n == 0) return "O pedido não está aberto.";
        var exames = Models.LerExames(pedido.exames);
        con.Execute("insert into site_atendimento (id, pedido_id, exame_id, feito_em, atendimento_feito_por, responsavel, inicio, fim) values (@atendimento, @id, @exame, @hoje, @usuario, @responsavel, @inicio, @hora)",
            new
            {
                atendimento = banco.ProximoId(con, tr, "site_atendimento"),
                id,
                exame = exames.Count == 0 ? (int?)null : exames[0],
                hoje,
                usuario = usuario.id,
                responsavel = Models.Cortar(usuario.GetNomeCompleto(), 100),
                inicio = paciente.presente == "S" ? paciente.chegou : hora,
                hora,
            }, tr);
        con.Execute("update site_paciente set dt_ult_exame = @hoje, dias_venc = @dias where id = @paciente",
            new { hoje, dias = validade.ToString(CultureInfo.InvariantCulture), paciente = paciente.id }, tr);
        // demissional: acabou, o paciente sai da casa
        if (pedido.GetTipo() == "DEM") con.Execute("update site_paciente set status = 'DEMITIDO' where id = @paciente", new { paciente = paciente.id }, tr);
        TirarDaFila(con, tr, paciente.id);
        tr.Commit();
        return null;
    }

    public static string CancelarPedido(Banco banco, int id)
    {
        using var con = banco.Abrir();
        using var tr = con.BeginTransaction();
        var pedido = Models.PedidoPorId(con, tr, id);
        if (pedido == null || pedido.GetSituacao() != 'A') return "O pedido não está aberto.";
        con.Execute("update site_pedidoexame set status = 'C' where id = @id", new { id }, tr);
        tr.Commit();
        return null;
    }

    // ------------------------------------------------------------------ atestados

    public static readonly string[] ExtensoesDeAtestado = { ".pdf", ".jpg", ".jpeg", ".png", ".gif" };
    public const long MaiorAtestado = 5 * 1024 * 1024;

    public static List<Absenteismo> ProcurarAtestados(Banco banco, int? empresa, int pagina, out long total)
    {
        var onde = " from site_absenteismo a left join site_paciente c on c.id = a.paciente_id left join site_atestado t on t.absenteismo_id = a.id where 1 = 1";
        if (empresa != null) onde += " and a.empresa_id = @empresa";
        using var con = banco.Abrir();
        total = con.ExecuteScalar<long>("select count(*)" + onde, new { empresa });
        return con.Query<Absenteismo>("select a.*, c.nome as paciente_nome, t.arquivo, t.arquivo_nome" + onde + " order by a.id desc limit 50 offset @pular", new { empresa, pular = (pagina - 1L) * 50 }).ToList();
    }

    // o formulario inteiro, com o arquivo: confere, aplica em a o que mudou e grava. Devolve o erro, ou null.
    public static async Task<string> ReceberAtestado(Banco banco, Ajustes ajustes, Absenteismo a, IFormCollection f)
    {
        var pacienteMostrado = a.paciente_id == null ? "" : a.paciente_id.Value.ToString(CultureInfo.InvariantCulture);
        var inicioMostrado = Models.MostrarData(Models.LerData(a.inicio));
        var fimMostrado = Models.MostrarData(Models.LerData(a.fim));
        var pacienteTxt = Campo(f, "paciente");
        var inicio = Campo(f, "inicio");
        var fim = Campo(f, "fim");
        var diasTxt = Campo(f, "dias");
        var arquivo = f.Files.GetFile("arquivo");
        Paciente p = null;
        int id;
        using (var con = banco.Abrir())
            if (int.TryParse(pacienteTxt, NumberStyles.None, CultureInfo.InvariantCulture, out id)) p = Models.PacientePorId(con, null, id);
        if (p == null && (a.id == 0 || pacienteTxt != pacienteMostrado)) return "Paciente não encontrado.";
        if (Models.LerData(inicio) == null && (a.id == 0 || inicio != inicioMostrado)) return "Início: data inválida.";
        if (fim != "" && fim != fimMostrado && Models.LerData(fim) == null) return "Fim: data inválida.";
        if (Models.LerData(fim) < Models.LerData(inicio) && (inicio != inicioMostrado || fim != fimMostrado)) return "O fim é antes do início.";
        if (arquivo != null)
        {
            if (!ExtensoesDeAtestado.Contains(Path.GetExtension(arquivo.FileName).ToLowerInvariant())) return "Arquivo: só PDF, JPG, PNG ou GIF.";
            if (arquivo.Length > MaiorAtestado) return "Arquivo: no máximo 5 MB.";
        }
        if (pacienteTxt != pacienteMostrado)
        {
            a.paciente_id = p.id;
            a.empresa_id = p.empresa_id; // copia da hora; se o paciente mudar de empresa, fica
        }
        a.inicio = SeMudou(inicio, inicioMostrado, a.inicio);
        a.fim = SeMudou(fim, fimMostrado, a.fim);
        if (diasTxt != (a.dias_txt ?? "").Trim())
        {
            int n;
            a.dias_txt = diasTxt;
            a.dias = int.TryParse(diasTxt, NumberStyles.None, CultureInfo.InvariantCulture, out n) ? n : null;
        }
        a.cat = SeMudou(Campo(f, "cat"), (a.cat ?? "").Trim(), a.cat);
        a.cid_txt = SeMudou(Campo(f, "cid"), (a.cid_txt ?? "").Trim(), a.cid_txt);
        a.crm_txt = SeMudou(Campo(f, "crm"), (a.crm_txt ?? "").Trim(), a.crm_txt);
        a.emissor_txt = SeMudou(Campo(f, "emissor"), (a.emissor_txt ?? "").Trim(), a.emissor_txt);
        GravarAbsenteismo(banco, a);
        if (arquivo != null) await GuardarArquivo(banco, ajustes, a.id, arquivo);
        return null;
    }

    public static void GravarAbsenteismo(Banco banco, Absenteismo a)
    {
        using var con = banco.Abrir();
        using var tr = con.BeginTransaction();
        a.inicio = Models.Cortar(a.inicio, 19);
        a.fim = Models.Cortar(a.fim, 19);
        a.dias_txt = Models.Cortar(a.dias_txt, 20);
        a.cat = Models.Cortar(a.cat, 20);
        a.cid_txt = Models.Cortar(a.cid_txt, 60);
        a.crm_txt = Models.Cortar(a.crm_txt, 30);
        a.emissor_txt = Models.Cortar(a.emissor_txt, 60);
        if (a.id == 0)
        {
            a.id = banco.ProximoId(con, tr, "site_absenteismo");
            con.Execute("insert into site_absenteismo (id, paciente_id, empresa_id, inicio, fim, dias, dias_txt, cat, cid_txt, crm_txt, emissor_txt) values (@id, @paciente_id, @empresa_id, @inicio, @fim, @dias, @dias_txt, @cat, @cid_txt, @crm_txt, @emissor_txt)", a, tr);
            con.Execute("insert into site_atestado (id, absenteismo_id, cid_txt) values (@atestado, @id, @cid_txt)", new { atestado = banco.ProximoId(con, tr, "site_atestado"), a.id, a.cid_txt }, tr);
        }
        else
        {
            con.Execute("update site_absenteismo set paciente_id = @paciente_id, empresa_id = @empresa_id, inicio = @inicio, fim = @fim, dias = @dias, dias_txt = @dias_txt, cat = @cat, cid_txt = @cid_txt, crm_txt = @crm_txt, emissor_txt = @emissor_txt where id = @id", a, tr);
        }
        tr.Commit();
    }

    // o nome que o navegador mandou so serve para mostrar; no disco o nome e nosso
    public static async Task GuardarArquivo(Banco banco, Ajustes ajustes, int absenteismo, IFormFile arquivo)
    {
        var nome = Path.GetFileName(arquivo.FileName.Replace('\\', '/'));
        var extensao = Path.GetExtension(nome).ToLowerInvariant();
        var noDisco = "atestado_" + absenteismo.ToString(CultureInfo.InvariantCulture) + "_" + Aleatorio(8) + extensao;
        await using (var destino = new FileStream(Path.Combine(ajustes.PastaUpload, noDisco), FileMode.CreateNew))
            await arquivo.CopyToAsync(destino);
        using var con = banco.Abrir();
        con.Execute("update site_atestado set arquivo = @noDisco, arquivo_nome = @nome where absenteismo_id = @absenteismo", new { noDisco, nome = Models.Cortar(nome, 200), absenteismo });
    }

    // some de verdade: nao ha coluna excluido aqui
    public static void ExcluirAbsenteismo(Banco banco, int id)
    {
        using var con = banco.Abrir();
        using var tr = con.BeginTransaction();
        con.Execute("delete from site_atestado where absenteismo_id = @id", new { id }, tr);
        con.Execute("delete from site_absenteismo_etiquetas where absenteismo_id = @id", new { id }, tr);
        con.Execute("delete from site_absenteismo where id = @id", new { id }, tr);
        tr.Commit();
    }

    // ------------------------------------------------------------------ clientes

    public class LinhaCliente
    {
        public int id { get; set; }
        public string razao { get; set; }
        public string fantasia { get; set; }
        public string credenciado { get; set; }
        public long quantos { get; set; }
    }

    public static List<LinhaCliente> ListarClientes(Banco banco)
    {
        using var con = banco.Abrir();
        return con.Query<LinhaCliente>("select e.id, e.razao, e.fantasia, e.credenciado, (select count(*) from site_paciente c where c.empresa_id = e.id) as quantos from site_empresa e order by e.id").ToList();
    }

    // IMC da empresa: a ficha mais nova de cada paciente; quem nao tem ficha fica de fora
    public static int[] Imc(Banco banco, int empresa)
    {
        using var con = banco.Abrir();
        var fichas = con.Query<FichaMedica>("select f.* from site_fichamedica f join site_paciente c on c.id = f.paciente_id where c.empresa_id = @empresa order by f.id", new { empresa });
        var ultima = new Dictionary<int, FichaMedica>();
        foreach (var f in fichas) ultima[f.paciente_id.Value] = f;
        var faixas = new int[7];
        foreach (var f in ultima.Values) faixas[f.GetFaixaImc()]++;
        return faixas;
    }
}
