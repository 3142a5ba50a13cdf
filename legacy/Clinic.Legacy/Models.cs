// Models.cs - SISMED, sistema de medicina ocupacional. Um arquivo so, do jeito que sempre foi.
//
// ------------------------------------------------------------------------------------------------------------------
// HOW THE COLUMNS ARE READ (kept in English for whoever has to read these tables from outside).
// The screens never print a raw cell. They print what the rules below read; two readers that follow them agree.
// "trim" = Unicode white space off both ends. "blank" = null or empty after trim. Digits are ASCII 0-9 only.
//
// DATE (data_nasc, dt_ult_exame, dt_excl, inicio, fim, ...)
//   1. trim; then a trailing time is cut:  [ T]+ h:mm or hh:mm, optionally :ss, optionally fraction after . or ,
//   2. what is left must be exactly one of
//        a. d/m/yyyy or d/m/yy, 1-2 digits for day and month, separator / or - or . (the same twice)
//        b. yyyy-m-d or yyyy/m/d (no other order is tried)
//        c. 8 digits ddmmyyyy
//        d. 5 digits = Excel serial, days after 1899-12-30
//      a and c: day first; only when that is no date of the calendar, month first (07/25/2015 = 25 July 2015).
//      2-digit year: 00-29 = 20xx, 30-99 = 19xx.
//   3. no date: anything else, a day that does not exist (31/02/1980, 29/02/2015, 00/00/0000, 0000-00-00),
//      01/01/1900 and 31/12/9999 however written, any year outside 1900-2099.
//   No rule looks at two cells at once: an exam before the birth, or a birth in the future, is read as written.
//
// NAME (nome, empresa_nome, razao, fantasia)
//   1. null = "".  2. HTML entities decoded once.
//   3. mojibake, at most 3 rounds: every character to one byte (U+0000-00FF the same byte, the 27 characters of
//      Windows-1252 between 80 and 9F to theirs; any other character ends this step); at least one byte >= 80; the
//      whole read as strict UTF-8; if that fails the step ends and the string stays. Whole string or nothing.
//   4. U+0080-009F = the Windows-1252 character of that byte.  5. U+2018-201B = ', U+201C-201F = ", U+FFFD = ?
//   6. tab, LF, CR = blank; every other control character (Cc, NUL too) is dropped.
//   7. NFC.  8. runs of Unicode white space = one blank; trim.   A "?" that stands for a lost letter is kept.
//   Shown: the result in upper case (invariant). Key for order and search: shown, NFD, without non-spacing marks (Mn), NFC,
//   upper case; compared ordinally; ties by id.
//
// IS THE PATIENT ACTIVE? (first that applies)
//   merged:   unificado_em is not null, not 0 and not the row's own id
//   removed:  excluido (trim, upper) is S or SIM or 1;  or dt_excl reads as a date;  or the clean name, as key, starts
//             with ***NAO USAR***  (whatever status says: excluido S beats status A)
//   status (trim, upper):  A, ATIVO, 1 = active;  I, INATIVO, DEMITIDO, 9 = inactive;
//             blank or any other code = unknown, shown nowhere.
// SEX (trim, upper): M, MASCULINO = male; F, FEMININO = female; "0"/"1": ids up to 200 (2009 spreadsheet) 0 = male,
//   1 = female; ids from 201 on (2011 form) 0 = female, 1 = male; anything else unknown.
// CPF: digits = the text without blanks . - /  ;  blank, ISENTO, NAO TEM (key of the trim) = missing;  nothing left, a character that is no digit,
//   or more than 11 digits (14 = a CNPJ typed there) = invalid;  fewer than 11 = left padded with zeros (it was stored as a
//   number);  then 11 digits, not all equal, both check digits right = valid, else invalid.
// DIAS_VENC: exactly optional "-" and digits, no blanks, no "+", within int32. Anything else: no number.
// EXAM REQUEST status (trim, upper): A, P, blank, null, 0, 1, 2 = open;  F, 3 = finished;  C, 4, 5 = cancelled; other = unknown.
//
// PERIODICAL LIST (/periodicos/...) shows a patient when: active, clean name not empty, dias_venc a number, dt_ult_exame a
//   date. Company shown = clean empresa_nome of the row ("-" when empty); company filter = empresa_id of the row.
//
// ABSENCE (site_absenteismo, one row alone is enough)
//   counted only if: paciente_id not null; inicio reads as a date; not a certificate of hours (dias_txt, trim:
//   digits, optional blanks, then h, hs, hr, hrs, hora or horas, any case); and
//     fim reads as a date:  fim >= inicio, days = fim - inicio + 1   (dias and dias_txt do not matter then)
//     else:                 dias (the integer column) not null, days = dias, end = inicio + dias - 1
//   and days within 1..999. Every other row is not counted, in no number of any page.
//   ICD (cid_txt, trim, upper): letter, two digits, optionally one of . , - and/or one digit, then end of text or a
//     character that is no letter or digit ("M54.5", "m545", "M54", "M54-5", "Z00,0", "M54.5 LOMBALGIA").
//     Category = letter + 2 digits; code = category, or category.digit. Chapter by range of the category (table
//     Cid10 below: D50-D89 is III, not II; H60-H95 is VIII, not VII). No code, or in no range: "Outros".
//   WORK ACCIDENT (cat, trim, upper): S, SIM, T, ON, 1 = yes without number;  N, NAO, NÃO, F, 0 = no;  blank = unknown;
//     two or more digits, also with / . - between digits = yes, the trimmed text is the number;  anything else = unknown.
//
// Local times (chegou, hora) are dd/MM/yyyy HH:mm at the branch: SP and the like -3, AM/MT/MS/RO/RR -4, AC -5, fuso
//   wins when it is a whole number of hours. Never adjusted for summer time, so 19/10/2014 00:30 (which did not exist
//   in Sao Paulo) and 21/02/2015 23:30 (which came twice) are stored as somebody typed them.
// SQLite and PostgreSQL hold the same rows, except that PostgreSQL takes no NUL in a text: its seed has U+0001 there.
// ------------------------------------------------------------------------------------------------------------------
using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Clinic.Legacy;

// settings.py
public class Ajustes
{
    public string Conexao = "";
    public int Semente = 42;
    public int Pacientes = 10000;
    public int Filial = 1;
    public string PastaEmail = "";
    public string PastaUpload = "";
    public Guid? ChaveRemota;
}

public class AjusteInvalido : Exception
{
    public AjusteInvalido(string mensagem, Exception causa = null) : base(mensagem, causa) { }
}

public class Banco
{
    readonly string conexao;
    public readonly bool EhPostgres;

    public Banco(string conexao)
    {
        var chaves = new DbConnectionStringBuilder { ConnectionString = conexao };
        EhPostgres = chaves.ContainsKey("Host");
        this.conexao = conexao;
        if (!EhPostgres) SQLitePCL.Batteries_V2.Init();
    }

    public DbConnection Abrir()
    {
        DbConnection con = EhPostgres ? new NpgsqlConnection(conexao) : new SqliteConnection(conexao);
        try { con.Open(); }
        catch { con.Dispose(); throw; }
        return con;
    }

    // proximo codigo = maior + 1, como no sistema antigo. No PostgreSQL varias filiais gravam ao mesmo tempo: fila por tabela.
    public int ProximoId(DbConnection con, DbTransaction tr, string tabela)
    {
        if (EhPostgres) con.Execute("select pg_advisory_xact_lock(hashtext(@tabela))", new { tabela }, tr);
        return con.ExecuteScalar<int>("select coalesce(max(id), 0) + 1 from " + tabela, null, tr);
    }

    // a pasta do arquivo SQLite, ou null
    public string Pasta()
    {
        if (EhPostgres) return null;
        var arquivo = new SqliteConnectionStringBuilder(conexao).DataSource;
        if (arquivo == "" || arquivo == ":memory:" || arquivo.StartsWith("file:", StringComparison.Ordinal)) return null;
        return Path.GetDirectoryName(Path.GetFullPath(arquivo));
    }

    public void CriarTabelas()
    {
        using var con = Abrir();
        if (!EhPostgres) con.Execute("pragma journal_mode = wal");
        using var tr = con.BeginTransaction();
        if (EhPostgres) con.Execute("select pg_advisory_xact_lock(1001)", null, tr);
        con.Execute(Models.Tabelas, null, tr);
        tr.Commit();
    }
}

// As classes abaixo espelham as tabelas, com o nome da coluna mesmo.

public class Paciente
{
    public int id { get; set; }
    public string nome { get; set; }
    public string nome_busca { get; set; }
    public string cpf { get; set; }
    public string rg { get; set; }
    public string pis { get; set; }
    public string sexo { get; set; }
    public string data_nasc { get; set; }
    public int? empresa_id { get; set; }
    public string empresa_nome { get; set; }
    public int? funcao_id { get; set; }
    public string setor_txt { get; set; }
    public string setor_adicional { get; set; }
    public string status { get; set; }
    public string presente { get; set; }
    public string disponivel { get; set; }
    public string chegou { get; set; }
    public int? presente_em { get; set; }
    public string dt_ult_exame { get; set; }
    public string dias_venc { get; set; }
    public string email { get; set; }
    public string tel { get; set; }
    public string obs { get; set; }
    public string excluido { get; set; }
    public string dt_excl { get; set; }
    public int? unificado_em { get; set; }
    public string cadastro { get; set; }

    string nomeLimpo;
    string chave;
    public string GetNome() { return nomeLimpo ??= Models.ConsertarNome(nome).ToUpperInvariant(); }
    public string GetChave() { return chave ??= Models.Chave(GetNome()); }

    string empresaLimpa;
    public string GetEmpresa()
    {
        if (empresaLimpa == null)
        {
            empresaLimpa = Models.ConsertarNome(empresa_nome).ToUpperInvariant();
            if (empresaLimpa == "") empresaLimpa = "-";
        }
        return empresaLimpa;
    }

    public DateTime? GetDataUltimoExame() { return Models.LerData(dt_ult_exame); }
    public int? GetDiasVencimento() { return Models.LerInteiroExato(dias_venc); }

    // 'U' unificado, 'X' excluido, 'A' ativo, 'I' inativo, '?' nao se sabe
    public char GetSituacao()
    {
        if (unificado_em != null && unificado_em != 0 && unificado_em != id) return 'U';
        var exc = (excluido ?? "").Trim().ToUpperInvariant();
        if (exc == "S" || exc == "SIM" || exc == "1") return 'X';
        if (dt_excl != null && Models.LerData(dt_excl) != null) return 'X';
        if (GetChave().StartsWith("***NAO USAR***", StringComparison.Ordinal)) return 'X';
        switch ((status ?? "").Trim().ToUpperInvariant())
        {
            case "A": case "ATIVO": case "1": return 'A';
            case "I": case "INATIVO": case "DEMITIDO": case "9": return 'I';
            default: return '?';
        }
    }

    // 'M', 'F' ou '?'
    public char GetSexo()
    {
        switch ((sexo ?? "").Trim().ToUpperInvariant())
        {
            case "M": case "MASCULINO": return 'M';
            case "F": case "FEMININO": return 'F';
            case "0": return id <= 200 ? 'M' : 'F'; // planilha de 2009
            case "1": return id <= 200 ? 'F' : 'M'; // formulario de 2011, trocaram
            default: return '?';
        }
    }

    // entra na tela de periodicos?
    public bool TemPeriodico()
    {
        return GetDiasVencimento() != null && GetDataUltimoExame() != null && GetSituacao() == 'A' && GetNome() != "";
    }
}

public class Empresa
{
    public int id { get; set; }
    public string razao { get; set; }
    public string fantasia { get; set; }
    public string cnpj { get; set; }
    public int? grupo_id { get; set; }
    public int? coordenador_id { get; set; }
    public int? coordenador_brmed_id { get; set; }
    public string cnae { get; set; }
    public string grau_risco { get; set; }
    public string credenciado { get; set; }
    public string status { get; set; }
    public string end_txt { get; set; }

    public string GetNome()
    {
        var n = Models.ConsertarNome(fantasia).ToUpperInvariant();
        return n != "" ? n : Models.ConsertarNome(razao).ToUpperInvariant();
    }
}

public class Filial
{
    public int id { get; set; }
    public string nome { get; set; }
    public string uf { get; set; }
    public string fuso { get; set; }

    public int GetFuso()
    {
        int f;
        if (fuso != null && int.TryParse(fuso.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out f) && f >= -12 && f <= 14) return f;
        switch ((uf ?? "").Trim().ToUpperInvariant())
        {
            case "AC": return -5;
            case "AM": case "MT": case "MS": case "RO": case "RR": return -4;
            default: return -3;
        }
    }
}

public class PedidoExame
{
    public int id { get; set; }
    public int? paciente_id { get; set; }
    public int? tipo_id { get; set; }
    public string tipo_txt { get; set; }
    public string status { get; set; }
    public string data { get; set; }
    public string validade { get; set; }
    public int? absenteismo_id { get; set; }
    public string exames { get; set; }
    public string obs { get; set; }
    // copia do nome, para as listas
    public string paciente_nome { get; set; }

    // 'A' aberto, 'F' finalizado, 'C' cancelado, '?'
    public char GetSituacao()
    {
        switch ((status ?? "").Trim().ToUpperInvariant())
        {
            case "": case "A": case "P": case "0": case "1": case "2": return 'A';
            case "F": case "3": return 'F';
            case "C": case "4": case "5": return 'C';
            default: return '?';
        }
    }

    public string GetSituacaoTxt()
    {
        switch (GetSituacao())
        {
            case 'A': return "Aberto";
            case 'F': return "Finalizado";
            case 'C': return "Cancelado";
            default: return "(" + (status ?? "").Trim() + ")";
        }
    }

    public string GetTipo()
    {
        switch (tipo_id)
        {
            case 1: return "ADM";
            case 2: return "PER";
            case 3: return "RT";
            case 4: return "MF";
            case 5: return "DEM";
        }
        var t = Models.Chave(Models.ConsertarNome(tipo_txt).ToUpperInvariant());
        if (t == "") return "?";
        if (t.StartsWith("ADM", StringComparison.Ordinal)) return "ADM";
        if (t.StartsWith("PER", StringComparison.Ordinal)) return "PER";
        if (t.StartsWith("RET", StringComparison.Ordinal) || t == "RT") return "RT";
        if (t.StartsWith("MUD", StringComparison.Ordinal) || t == "MF") return "MF";
        if (t.StartsWith("DEM", StringComparison.Ordinal)) return "DEM";
        return "?";
    }

    // validade do exame em dias: a regra mora aqui, e outra vez na tela de pedidos
    public int GetValidadeDias()
    {
        var t = GetTipo();
        if (t == "ADM" || t == "PER") return 365;
        return 180;
    }
}

public class Absenteismo
{
    public int id { get; set; }
    // copias para a lista
    public string paciente_nome { get; set; }
    public string arquivo { get; set; }
    public string arquivo_nome { get; set; }
    public int? paciente_id { get; set; }
    public int? empresa_id { get; set; }
    public string inicio { get; set; }
    public string fim { get; set; }
    public int? dias { get; set; }
    public string dias_txt { get; set; }
    public string cat { get; set; }
    public string cid_txt { get; set; }
    public string crm_txt { get; set; }
    public string emissor_txt { get; set; }

    // preenchidos por Ler()
    public DateTime Comeco;
    public DateTime Termino;
    public int Dias;

    static readonly Regex reHoras = new Regex(@"^[0-9]+\s*(h|hs|hr|hrs|hora|horas)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    // le as datas; falso = nao conta em lugar nenhum
    public bool Ler()
    {
        if (paciente_id == null) return false;
        var i = Models.LerData(inicio);
        if (i == null) return false;
        if (dias_txt != null && reHoras.IsMatch(dias_txt.Trim())) return false;
        var f = Models.LerData(fim);
        int n;
        if (f != null) n = (int)(f.Value - i.Value).TotalDays + 1;
        else if (dias != null) n = dias.Value;
        else return false;
        if (n < 1 || n > 999) return false;
        Comeco = i.Value;
        Dias = n;
        Termino = i.Value.AddDays(n - 1);
        return true;
    }

    public string GetCid() { return Cid10.Codigo(cid_txt); }
    public int GetCapitulo() { return Cid10.Capitulo(GetCid()); }

    static readonly Regex reNumeroCat = new Regex(@"^[0-9]([/.\-]?[0-9])+$");

    // true acidente, false nao, null nao se sabe
    public bool? GetAcidente()
    {
        var c = (cat ?? "").Trim().ToUpperInvariant();
        switch (c)
        {
            case "S": case "SIM": case "T": case "ON": case "1": return true;
            case "N": case "NAO": case "NÃO": case "F": case "0": return false;
            case "": return null;
        }
        if (reNumeroCat.IsMatch(c)) return true;
        return null;
    }

    public string GetNumeroCat()
    {
        var c = (cat ?? "").Trim();
        return reNumeroCat.IsMatch(c) ? c : "";
    }
}

public static class Cid10
{
    // capitulo, primeira categoria, ultima categoria, titulo. Por faixa, nao por letra.
    public static readonly (string romano, string de, string ate, string titulo)[] Capitulos =
    {
        ("I", "A00", "B99", "Algumas doenças infecciosas e parasitárias"),
        ("II", "C00", "D48", "Neoplasias [tumores]"),
        ("III", "D50", "D89", "Doenças do sangue e dos órgãos hematopoéticos"),
        ("IV", "E00", "E90", "Doenças endócrinas, nutricionais e metabólicas"),
        ("V", "F00", "F99", "Transtornos mentais e comportamentais"),
        ("VI", "G00", "G99", "Doenças do sistema nervoso"),
        ("VII", "H00", "H59", "Doenças do olho e anexos"),
        ("VIII", "H60", "H95", "Doenças do ouvido e da apófise mastóide"),
        ("IX", "I00", "I99", "Doenças do aparelho circulatório"),
        ("X", "J00", "J99", "Doenças do aparelho respiratório"),
        ("XI", "K00", "K93", "Doenças do aparelho digestivo"),
        ("XII", "L00", "L99", "Doenças da pele e do tecido subcutâneo"),
        ("XIII", "M00", "M99", "Doenças do sistema osteomuscular e do tecido conjuntivo"),
        ("XIV", "N00", "N99", "Doenças do aparelho geniturinário"),
        ("XV", "O00", "O99", "Gravidez, parto e puerpério"),
        ("XVI", "P00", "P96", "Algumas afecções originadas no período perinatal"),
        ("XVII", "Q00", "Q99", "Malformações congênitas e anomalias cromossômicas"),
        ("XVIII", "R00", "R99", "Sintomas, sinais e achados anormais"),
        ("XIX", "S00", "T98", "Lesões, envenenamentos e causas externas"),
        ("XX", "V01", "Y98", "Causas externas de morbidade e de mortalidade"),
        ("XXI", "Z00", "Z99", "Fatores que influenciam o estado de saúde"),
        ("XXII", "U00", "U99", "Códigos para propósitos especiais"),
    };

    static readonly Regex reCid = new Regex(@"^([A-Z])([0-9]{2})[.,\-]?([0-9])?(?![\p{L}\p{Nd}])");

    // "M54.5", "M54" ou ""
    public static string Codigo(string txt)
    {
        if (txt == null) return "";
        var m = reCid.Match(txt.Trim().ToUpperInvariant());
        if (!m.Success) return "";
        return m.Groups[1].Value + m.Groups[2].Value + (m.Groups[3].Success ? "." + m.Groups[3].Value : "");
    }

    // 1..22; 0 = Outros
    public static int Capitulo(string codigo)
    {
        if (codigo == "") return 0;
        var cat = codigo.Substring(0, 3);
        for (int i = 0; i < Capitulos.Length; i++)
        {
            if (string.CompareOrdinal(cat, Capitulos[i].de) >= 0 && string.CompareOrdinal(cat, Capitulos[i].ate) <= 0) return i + 1;
        }
        return 0;
    }
}

public class Sala
{
    public int id { get; set; }
    public string nome { get; set; }
    public int? filial_id { get; set; }
}

public class Exame
{
    public int id { get; set; }
    public string cod { get; set; }
    public string nome { get; set; }
    public int? exame_pai_id { get; set; }
    public string interno { get; set; }

    // nulo = interno
    public bool EhInterno() { return (interno ?? "S").Trim().ToUpperInvariant() != "N"; }
}

public class Chamada
{
    public int id { get; set; }
    public int? paciente_id { get; set; }
    public int? pedido_id { get; set; }
    public int? sala_id { get; set; }
    public string sala_txt { get; set; }
    public int? filial_id { get; set; }
    public int? exame_id { get; set; }
    public int? examinador_id { get; set; }
    public string hora { get; set; }
    public string status { get; set; }
    // copias para o painel
    public string paciente_nome { get; set; }
    public string sala_nome { get; set; }

    static readonly Regex reNumero = new Regex("[0-9]+", RegexOptions.CultureInvariant);

    // "Sala 2", "02", "SALA 02" -> "SALA 02". O texto digitado ganha do codigo.
    public string GetSala()
    {
        var t = (sala_txt ?? "").Trim();
        if (t == "") t = (sala_nome ?? "").Trim();
        if (t == "") return "-";
        var m = reNumero.Match(t);
        int n;
        if (m.Success && int.TryParse(m.Value, NumberStyles.None, CultureInfo.InvariantCulture, out n)) return "SALA " + n.ToString("00", CultureInfo.InvariantCulture);
        return Models.ConsertarNome(t).ToUpperInvariant();
    }
}

public class Atendimento
{
    public int id { get; set; }
    public int? pedido_id { get; set; }
    public int? exame_id { get; set; }
    public string feito_em { get; set; }
    public int? atendimento_feito_por { get; set; }
    public string responsavel { get; set; }
    public string inicio { get; set; }
    public string fim { get; set; }
}

public class FichaMedica
{
    public int id { get; set; }
    public int? atendimento_id { get; set; }
    public int? paciente_id { get; set; }
    public int? peso_kg { get; set; }
    public int? peso_gr { get; set; }
    public int? altura_mt { get; set; }
    public int? altura_cm { get; set; }
    public string imc { get; set; }

    // peso e altura sao dois inteiros cada; o texto do imc so vale quando eles faltam
    public decimal? GetImc()
    {
        if (peso_kg > 0 && altura_mt != null && altura_cm != null)
        {
            var altura = altura_mt.Value + altura_cm.Value / 100m;
            if (altura < 0.5m || altura > 2.5m) return null;
            var peso = peso_kg.Value + (peso_gr ?? 0) / 1000m;
            return peso / (altura * altura);
        }
        decimal d;
        if (decimal.TryParse((imc ?? "").Trim().Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out d) && d > 0) return d;
        return null;
    }

    // indice da faixa: 0..5, 6 = indisponivel
    public int GetFaixaImc()
    {
        var i = GetImc();
        if (i == null) return 6;
        if (i < 18.5m) return 0;
        if (i < 25m) return 1;
        if (i < 30m) return 2;
        if (i < 35m) return 3;
        if (i < 40m) return 4;
        return 5;
    }

    public static readonly string[] Faixas = { "Abaixo de 18,5", "18,5 a 25", "25 a 30", "30 a 35", "35 a 40", "Acima de 40", "Indisponível" };
}

public class Usuario
{
    public int id { get; set; }
    public string username { get; set; }
    public string first_name { get; set; }
    public string last_name { get; set; }
    public string password { get; set; }
    public string is_active { get; set; }
    public string grupos { get; set; }

    public string GetNomeCompleto()
    {
        var n = ((first_name ?? "").Trim() + " " + (last_name ?? "").Trim()).Trim();
        return n != "" ? n : username;
    }

    public string[] GetGrupos() { return (grupos ?? "").Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries); }

    // pbkdf2_sha256$10000$sal$hash, formato do Django 1.4
    public bool ConfereSenha(string senha)
    {
        var p = (password ?? "").Split('$');
        if (p.Length != 4 || p[0] != "pbkdf2_sha256") return false;
        var h = Rfc2898DeriveBytes.Pbkdf2(senha, Encoding.UTF8.GetBytes(p[2]), int.Parse(p[1], CultureInfo.InvariantCulture), HashAlgorithmName.SHA256, 32);
        return CryptographicOperations.FixedTimeEquals(h, Convert.FromBase64String(p[3]));
    }

    public static string Embaralhar(string senha, string sal)
    {
        var h = Rfc2898DeriveBytes.Pbkdf2(senha, Encoding.UTF8.GetBytes(sal), 10000, HashAlgorithmName.SHA256, 32);
        return "pbkdf2_sha256$10000$" + sal + "$" + Convert.ToBase64String(h);
    }
}

public static partial class Models
{
    static readonly Regex reHora = new Regex(@"[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?$", RegexOptions.CultureInvariant);
    static readonly Regex reDiaMesAno = new Regex(@"^([0-9]{1,2})([/.\-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})$", RegexOptions.CultureInvariant);
    static readonly Regex reAnoMesDia = new Regex(@"^([0-9]{4})([/\-])([0-9]{1,2})\2([0-9]{1,2})$", RegexOptions.CultureInvariant);

    public static DateTime? LerData(string txt)
    {
        if (txt == null) return null;
        txt = txt.Trim();
        if (txt.Length < 5) return null;
        // o caso comum primeiro, sem regex: dd/mm/aaaa
        if (txt.Length == 10 && txt[2] == '/' && txt[5] == '/' && Dig(txt, 0, 2) && Dig(txt, 3, 2) && Dig(txt, 6, 4))
            return DiaMes(Num(txt, 0, 2), Num(txt, 3, 2), Num(txt, 6, 4));
        txt = reHora.Replace(txt, "");
        var m = reDiaMesAno.Match(txt);
        if (m.Success)
        {
            int ano = int.Parse(m.Groups[4].Value, CultureInfo.InvariantCulture);
            if (m.Groups[4].Length == 2) ano += ano < 30 ? 2000 : 1900;
            return DiaMes(int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(m.Groups[3].Value, CultureInfo.InvariantCulture), ano);
        }
        m = reAnoMesDia.Match(txt);
        if (m.Success)
            return Existe(int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(m.Groups[3].Value, CultureInfo.InvariantCulture), int.Parse(m.Groups[4].Value, CultureInfo.InvariantCulture));
        if (txt.Length == 8 && Dig(txt, 0, 8)) return DiaMes(Num(txt, 0, 2), Num(txt, 2, 2), Num(txt, 4, 4));
        if (txt.Length == 5 && Dig(txt, 0, 5))
        {
            var d = new DateTime(1899, 12, 30).AddDays(Num(txt, 0, 5));
            return Existe(d.Year, d.Month, d.Day);
        }
        return null;
    }

    static bool Dig(string s, int de, int n)
    {
        for (int i = de; i < de + n; i++) if (s[i] < '0' || s[i] > '9') return false;
        return true;
    }

    static int Num(string s, int de, int n)
    {
        int r = 0;
        for (int i = de; i < de + n; i++) r = r * 10 + (s[i] - '0');
        return r;
    }

    static DateTime? DiaMes(int dia, int mes, int ano) { return Existe(ano, mes, dia) ?? (ExisteNoCalendario(ano, mes, dia) ? null : Existe(ano, dia, mes)); }

    static bool ExisteNoCalendario(int ano, int mes, int dia)
    {
        return ano >= 1 && ano <= 9999 && mes >= 1 && mes <= 12 && dia >= 1 && dia <= DateTime.DaysInMonth(ano, mes);
    }

    static DateTime? Existe(int ano, int mes, int dia)
    {
        if (!ExisteNoCalendario(ano, mes, dia)) return null;
        if (ano < 1900 || ano > 2099) return null;
        if (ano == 1900 && mes == 1 && dia == 1) return null; // 01/01/1900 = nao informado
        return new DateTime(ano, mes, dia);
    }

    public static string MostrarData(DateTime? d) { return d == null ? "" : d.Value.ToString("dd'/'MM'/'yyyy", CultureInfo.InvariantCulture); }

    public static int? LerInteiroExato(string txt)
    {
        if (string.IsNullOrEmpty(txt)) return null;
        int i = txt[0] == '-' ? 1 : 0;
        if (i == txt.Length) return null;
        for (int k = i; k < txt.Length; k++) if (txt[k] < '0' || txt[k] > '9') return null;
        int n;
        return int.TryParse(txt, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out n) ? n : null;
    }

    // 80..9F do Windows-1252; \0 = nao existe
    const string Cp1252 = "\u20AC\0\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\0\u017D\0\0\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\0\u017E\u0178";

    public static string ConsertarNome(string txt)
    {
        if (txt == null) return "";
        if (JaLimpo(txt)) return txt;
        txt = WebUtility.HtmlDecode(txt);
        for (int i = 0; i < 3; i++)
        {
            var t = DesfazerMojibake(txt);
            if (t == null) break;
            txt = t;
        }
        var sb = new StringBuilder(txt.Length);
        foreach (var c0 in txt)
        {
            var c = c0;
            if (c >= '\u0080' && c <= '\u009F' && Cp1252[c - 0x80] != '\0') c = Cp1252[c - 0x80];
            if (c >= '\u2018' && c <= '\u201B') c = '\'';
            else if (c >= '\u201C' && c <= '\u201F') c = '"';
            else if (c == '\uFFFD') c = '?';
            else if (c == '\t' || c == '\n' || c == '\r') c = ' ';
            else if (char.IsControl(c)) continue;
            sb.Append(c);
        }
        txt = sb.ToString().Normalize(NormalizationForm.FormC);
        sb.Clear();
        bool espaco = false;
        foreach (var c in txt)
        {
            if (char.IsWhiteSpace(c)) { espaco = sb.Length > 0; continue; }
            if (espaco) { sb.Append(' '); espaco = false; }
            sb.Append(c);
        }
        return sb.ToString();
    }

    // letras ASCII com um espaco entre elas: nada a fazer (a maioria)
    static bool JaLimpo(string s)
    {
        for (int i = 0; i < s.Length; i++)
        {
            var c = s[i];
            if (c == '&' || c < ' ' || c > '~') return false;
            if (c == ' ' && (i == 0 || i == s.Length - 1 || s[i - 1] == ' ')) return false;
        }
        return true;
    }

    public static string DesfazerMojibake(string s)
    {
        var bytes = new byte[s.Length];
        bool alto = false;
        for (int i = 0; i < s.Length; i++)
        {
            int b = s[i];
            if (b > 0xFF)
            {
                b = Cp1252.IndexOf(s[i]);
                if (b < 0) return null;
                b += 0x80;
            }
            if (b >= 0x80) alto = true;
            bytes[i] = (byte)b;
        }
        if (!alto) return null;
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }

    // sem acento, maiuscula
    public static string Chave(string s)
    {
        bool ascii = true;
        foreach (var c in s) if (c > '~') { ascii = false; break; }
        if (ascii) return s.ToUpperInvariant();
        var sb = new StringBuilder(s.Length);
        foreach (var c in s.Normalize(NormalizationForm.FormD))
            if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark) sb.Append(c);
        return sb.ToString().Normalize(NormalizationForm.FormC).ToUpperInvariant();
    }

    // 'V' valido, 'I' invalido, 'F' falta
    public static char SituacaoCpf(string cpf)
    {
        var t = (cpf ?? "").Trim();
        if (t == "") return 'F';
        var k = Chave(t);
        if (k == "ISENTO" || k == "NAO TEM") return 'F';
        var d = new string(t.Where(c => !char.IsWhiteSpace(c) && c != '.' && c != '-' && c != '/').ToArray());
        if (d == "" || d.Length > 11 || !Dig(d, 0, d.Length)) return 'I';
        d = d.PadLeft(11, '0');
        if (d.All(c => c == d[0])) return 'I';
        return d.EndsWith(DigitosCpf(d.Substring(0, 9)), StringComparison.Ordinal) ? 'V' : 'I';
    }

    public static string DigitosCpf(string nove)
    {
        int s = 0;
        for (int i = 0; i < 9; i++) s += (nove[i] - '0') * (10 - i);
        int d1 = 11 - s % 11;
        if (d1 > 9) d1 = 0;
        s = 0;
        for (int i = 0; i < 9; i++) s += (nove[i] - '0') * (11 - i);
        s += d1 * 2;
        int d2 = 11 - s % 11;
        if (d2 > 9) d2 = 0;
        return d1.ToString(CultureInfo.InvariantCulture) + d2.ToString(CultureInfo.InvariantCulture);
    }

    // ------------------------------------------------------------------ managers

    // so se tira ponto, traco e barra; zeros perdidos e brancos no meio ficam como estao
    public static string CpfParaBusca(string cpf) { return (cpf ?? "").Trim().Replace(".", "").Replace("-", "").Replace("/", ""); }

    const string cpfSemPontos = "replace(replace(replace(cpf, '.', ''), '-', ''), '/', '')";

    // so olha a coluna excluido: os outros jeitos de apagar passam
    public static List<Paciente> PacientesPorCpf(DbConnection con, DbTransaction tr, string cpf, int empresa)
    {
        return con.Query<Paciente>("select * from site_paciente where " + cpfSemPontos + " = @cpf and empresa_id = @empresa and coalesce(excluido, 'N') <> 'S' order by id",
            new { cpf = CpfParaBusca(cpf), empresa }, tr).ToList();
    }

    public static Paciente PacientePorId(DbConnection con, DbTransaction tr, int? id)
    {
        return id == null ? null : con.QueryFirstOrDefault<Paciente>("select * from site_paciente where id = @id", new { id }, tr);
    }

    public static Empresa EmpresaPorId(DbConnection con, int? id)
    {
        return id == null ? null : con.QueryFirstOrDefault<Empresa>("select * from site_empresa where id = @id", new { id });
    }

    public static Filial FilialPorId(DbConnection con, int id)
    {
        return con.QueryFirstOrDefault<Filial>("select * from site_filial where id = @id", new { id });
    }

    // hora do relogio da parede da filial; filial que nao existe = Sao Paulo
    public static DateTime HoraDaFilial(DbConnection con, int filial, TimeProvider relogio)
    {
        var f = FilialPorId(con, filial) ?? new Filial();
        return relogio.GetUtcNow().UtcDateTime.AddHours(f.GetFuso());
    }

    // o pedido aberto mais novo
    public static PedidoExame PedidoAtivo(DbConnection con, DbTransaction tr, int paciente)
    {
        return con.Query<PedidoExame>("select * from site_pedidoexame where paciente_id = @paciente order by id desc", new { paciente }, tr).FirstOrDefault(p => p.GetSituacao() == 'A');
    }

    public static PedidoExame PedidoPorId(DbConnection con, DbTransaction tr, int id)
    {
        return con.QueryFirstOrDefault<PedidoExame>("select p.*, c.nome as paciente_nome from site_pedidoexame p left join site_paciente c on c.id = p.paciente_id where p.id = @id", new { id }, tr);
    }

    public static Absenteismo AbsenteismoPorId(DbConnection con, int id)
    {
        return con.QueryFirstOrDefault<Absenteismo>(
            "select a.*, c.nome as paciente_nome, t.arquivo, t.arquivo_nome from site_absenteismo a left join site_paciente c on c.id = a.paciente_id left join site_atestado t on t.absenteismo_id = a.id where a.id = @id order by t.id",
            new { id });
    }

    // "12;45;45;" -> 12, 45
    public static List<int> LerExames(string txt)
    {
        var r = new List<int>();
        foreach (var parte in (txt ?? "").Split(';'))
        {
            int n;
            if (int.TryParse(parte.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out n) && !r.Contains(n)) r.Add(n);
        }
        return r;
    }

    // o MySQL antigo cortava calado o que nao cabia na coluna
    public static string Cortar(string s, int n)
    {
        if (s == null) return null;
        s = s.Replace("\0", "");
        if (s.Length <= n) return s;
        return s.Substring(0, char.IsHighSurrogate(s[n - 1]) ? n - 1 : n);
    }

    // O script e o mesmo para SQLite e PostgreSQL. Sem chave estrangeira: "a aplicacao cuida".
    public const string Tabelas = @"
create table if not exists site_paciente (
  id integer primary key, nome varchar(200), nome_busca varchar(200), cpf varchar(20), rg varchar(20), pis varchar(20),
  sexo varchar(10), data_nasc varchar(10), empresa_id integer, empresa_nome varchar(200), funcao_id integer,
  setor_txt varchar(100), setor_adicional varchar(100), status varchar(10), presente varchar(3), disponivel varchar(3),
  chegou varchar(19), presente_em integer, dt_ult_exame varchar(25), dias_venc varchar(20), email varchar(100),
  tel varchar(30), obs text, excluido varchar(3), dt_excl varchar(19), unificado_em integer, cadastro varchar(19));
create index if not exists ix_paciente_empresa on site_paciente (empresa_id);
create index if not exists ix_paciente_presente on site_paciente (presente_em);
create table if not exists site_empresa (
  id integer primary key, razao varchar(200), fantasia varchar(200), cnpj varchar(20), grupo_id integer,
  coordenador_id integer, coordenador_brmed_id integer, cnae varchar(12), grau_risco varchar(5), credenciado varchar(3),
  status varchar(10), end_txt text);
create table if not exists site_grupoempresa (id integer primary key, nome varchar(100), user_id integer, pcmso_coord_id integer);
create table if not exists site_filial (id integer primary key, nome varchar(60), uf varchar(2), fuso varchar(6));
create table if not exists site_setor (id integer primary key, nome varchar(60), empresa_id integer);
create table if not exists site_funcao (id integer primary key, nome varchar(60), cbo varchar(10));
create table if not exists site_funcao_riscos (id integer primary key, funcao_id integer, risco_id integer);
create table if not exists site_risco (id integer primary key, nome varchar(60), tipo varchar(3));
create table if not exists site_historicopacienteempresa (
  id integer primary key, paciente_id integer, empresa_id integer, entrada varchar(10), saida varchar(10));
create table if not exists site_exame (
  id integer primary key, cod varchar(10), nome varchar(100), exame_pai_id integer, interno varchar(3));
create table if not exists site_exame_filiais (id integer primary key, exame_id integer, filial_id integer);
create table if not exists site_tipopedidoexame (id integer primary key, sigla varchar(5), nome varchar(40));
create table if not exists site_pedidoexame (
  id integer primary key, paciente_id integer, tipo_id integer, tipo_txt varchar(40), status varchar(3), data varchar(19),
  validade varchar(10), absenteismo_id integer, exames varchar(200), obs text);
create index if not exists ix_pedido_paciente on site_pedidoexame (paciente_id);
create table if not exists site_agendamento (
  id integer primary key, pedido_id integer, filial_id integer, data_agendamento varchar(19), status varchar(3));
create table if not exists site_solicitacaoagendamento (
  id integer primary key, paciente_id integer, pedido_id integer, filial_id integer, credenciado_id integer, tipo varchar(3),
  data_agendamento varchar(19), status integer);
create table if not exists site_chamada (
  id integer primary key, paciente_id integer, pedido_id integer, sala_id integer, sala_txt varchar(20), filial_id integer,
  exame_id integer, examinador_id integer, hora varchar(19), status varchar(3));
create index if not exists ix_chamada_filial on site_chamada (filial_id);
create table if not exists site_chamada_subexames (id integer primary key, chamada_id integer, exame_id integer);
create table if not exists site_sala (id integer primary key, nome varchar(20), filial_id integer);
create table if not exists site_atendimento (
  id integer primary key, pedido_id integer, exame_id integer, feito_em varchar(19), atendimento_feito_por integer,
  responsavel varchar(100), inicio varchar(19), fim varchar(19));
create table if not exists site_fichamedica (
  id integer primary key, atendimento_id integer, paciente_id integer, examinador_id integer, peso_kg integer,
  peso_gr integer, altura_mt integer, altura_cm integer, imc varchar(10), pa varchar(20), respostas text, riscos text,
  doencas text);
create table if not exists site_cidchapter (id integer primary key, numero varchar(6), titulo varchar(100), faixa varchar(10));
create table if not exists site_cid (id integer primary key, codigo varchar(10), nome varchar(120), capitulo_id integer);
create table if not exists site_absenteismo (
  id integer primary key, paciente_id integer, empresa_id integer, inicio varchar(19), fim varchar(19), dias integer,
  dias_txt varchar(20), cat varchar(20), cid_txt varchar(60), crm_txt varchar(30), emissor_txt varchar(60));
create index if not exists ix_absenteismo_empresa on site_absenteismo (empresa_id);
create table if not exists site_absenteismoreport (
  id integer primary key, empresa_id integer, mes varchar(7), dias integer, gerado_em varchar(19));
create table if not exists site_atestado (
  id integer primary key, absenteismo_id integer, doenca_id integer, cid_txt varchar(60), crm_id integer, emissor_id integer,
  arquivo varchar(100), arquivo_nome varchar(200));
create table if not exists site_crm (id integer primary key, numero varchar(20), uf varchar(2), nome varchar(100));
create table if not exists site_orgaoemissoratestado (id integer primary key, nome varchar(60));
create table if not exists site_etiqueta (id integer primary key, nome varchar(40));
create table if not exists site_etiquetavalor (id integer primary key, etiqueta_id integer, valor varchar(40));
create table if not exists site_absenteismo_etiquetas (id integer primary key, absenteismo_id integer, etiquetavalor_id integer);
create table if not exists auth_user (
  id integer primary key, username varchar(30), first_name varchar(30), last_name varchar(60), email varchar(75),
  password varchar(128), is_staff varchar(1), is_active varchar(1), is_superuser varchar(1), last_login varchar(19),
  date_joined varchar(19));
create table if not exists site_profissional (
  id integer primary key, user_id integer, nome varchar(100), conselho varchar(30), filial_id integer, grupos varchar(100));
create table if not exists django_session (session_key varchar(40) primary key, session_data text, expire_date varchar(19));
";
}
