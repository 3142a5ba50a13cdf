// fixtures: carga de demonstracao (pessoas inventadas) e o comando --contar. Mesma semente, mesmas linhas, em qualquer banco.
using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;
using Npgsql;

namespace Clinic.Legacy;

public static class Fixtures
{
    // a data em que o cron de dias_venc "rodou pela ultima vez" na carga
    static readonly DateTime Referencia = new DateTime(2015, 7, 25);

    static readonly string[] Homens = "Antônio;João;José;Carlos;Luís;Márcio;Fábio;Sérgio;Cláudio;Vinícius;Rogério;Flávio;Otávio;Caíque;Davi;Bruno;Rafael;Thiago;Leandro;Marcelo;Eduardo;Gustavo;Henrique;Ícaro;Júlio;Mário;Nélson;Renato;Ubirajara;Wellington".Split(';');
    static readonly string[] Mulheres = "Maria;Ana;Letícia;Patrícia;Flávia;Cláudia;Lúcia;Mônica;Débora;Verônica;Júlia;Sônia;Célia;Inês;Zélia;Cecília;Beatriz;Camila;Daniela;Fernanda;Gabriela;Helena;Íris;Juliana;Larissa;Natália;Priscila;Raquel;Simone;Tânia".Split(';');
    static readonly string[] Segundos = "Aparecida;Cristina;de Fátima;Eduarda;Regina;das Graças;Henrique;Augusto;César;Luiz;Otávio;Conceição".Split(';');
    static readonly string[] Sobrenomes = "Abreu;Açucena;Albuquerque;Álvares;Assunção;Barcellos;Brandão;Caçapava;Câmara;Conceição;Corrêa;Damião;Dantas;Espíndola;Falcão;Figueirôa;Fontoura;Galvão;Gusmão;Guimarães;Holanda;Ipiranga;Jardim;Lacerda;Leitão;Macêdo;Magalhães;Maranhão;Menezes;Nóbrega;Noronha;Ouro Preto;Pádua;Paixão;Quadros;Queirós;Ramalho;Rondônia;Sabiá;Salomão;Serrão;Siqueira;Taquaral;Teles;Tupinambá;Uchôa;Valadão;Varejão;Vilaça;Xavantes;Ypê;Zabelê".Split(';');
    static readonly string[] Particulas = ";;; da; de; dos; do".Split(';');
    static readonly string[] RamosEmpresa = "Metalúrgica;Transportadora;Construções;Alimentos;Têxtil;Mineração;Laticínios;Gráfica;Cerâmica;Papéis;Calçados;Móveis".Split(';');
    static readonly string[] NomesEmpresa = "Araçá;Boa Esperança;Carnaúba;Estrela do Sul;Horizonte;Ipê Amarelo;Jequitibá;Lagoa Azul;Mandacaru;Nova Aliança;Ouro Verde;Pão de Açúcar do Vale;Rio das Pedras;São Sebastião;Três Irmãos;União".Split(';');
    static readonly string[] Cids = "M54.5;J11;K52.9;A09;M75.1;H10.9;F32.1;J06.9;S61.0;R51;N39.0;I10;B34.9;L03;Z76.5;G43.9;O21.0;T14.9;K08.8;S93.4;M65.9;F41.1;H66.9;D50.9;E11.9".Split(';');

    // gerador proprio: o mesmo em toda versao do framework
    class Sorte
    {
        ulong s;
        public Sorte(int semente) { s = (ulong)(uint)semente * 0x9E3779B97F4A7C15UL + 0x1234567UL; }
        public int Ate(int n)
        {
            s += 0x9E3779B97F4A7C15UL;
            var z = s;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return (int)((z ^ (z >> 31)) % (ulong)n);
        }
        public bool Chance(int porMil) { return Ate(1000) < porMil; }
        public string Um(string[] v) { return v[Ate(v.Length)]; }
    }

    class Tabela
    {
        public string Nome;
        public string[] Colunas;
        public List<object[]> Linhas = new List<object[]>();
        public void Add(params object[] v) { Linhas.Add(v); }
    }

    class Carga
    {
        public Sorte R;
        public bool Pg;
        public Dictionary<string, Tabela> Tabelas = new Dictionary<string, Tabela>();
        public List<Paciente> Pacientes = new List<Paciente>();
        public string[] EmpresaNomes;
        public int Seq = 0;
        public int SeqPedido = 0;
        public int SeqAbs = 0;

        public Tabela T(string nome, string colunas)
        {
            Tabela t;
            if (!Tabelas.TryGetValue(nome, out t)) Tabelas[nome] = t = new Tabela { Nome = nome, Colunas = colunas.Split(',') };
            return t;
        }

        public string Cpf()
        {
            string n;
            do n = (100000000 + R.Ate(899999999)).ToString(CultureInfo.InvariantCulture); while (n.All(c => c == n[0]));
            return n + Models.DigitosCpf(n);
        }

        public string Nome(bool mulher)
        {
            var n = R.Um(mulher ? Mulheres : Homens);
            if (R.Chance(350)) n += " " + R.Um(Segundos);
            n += R.Um(Particulas) + " " + R.Um(Sobrenomes);
            if (R.Chance(600)) n += R.Um(Particulas) + " " + R.Um(Sobrenomes);
            return n;
        }

        public Paciente Novo()
        {
            Seq++;
            var mulher = R.Chance(450);
            var nome = Nome(mulher);
            if (R.Chance(700)) nome = nome.ToUpperInvariant();
            var emp = 1 + R.Ate(EmpresaNomes.Length);
            var exame = Referencia.AddDays(-1 - R.Ate(460));
            var dias = (int)(exame.AddDays(365) - Referencia).TotalDays;
            var p = new Paciente
            {
                id = Seq,
                nome = nome,
                cpf = Cpf(),
                rg = (10000000 + R.Ate(89999999)).ToString(CultureInfo.InvariantCulture),
                sexo = mulher ? "F" : "M",
                data_nasc = Data(new DateTime(1950, 1, 1).AddDays(R.Ate(16000))),
                empresa_id = emp,
                empresa_nome = EmpresaNomes[emp - 1],
                funcao_id = 1 + R.Ate(8),
                setor_txt = "PRODUÇÃO",
                setor_adicional = (1 + R.Ate(6)) + "|" + (7 + R.Ate(12)) + "|",
                status = "A",
                presente = "N",
                disponivel = "N",
                dt_ult_exame = Data(exame),
                dias_venc = dias.ToString(CultureInfo.InvariantCulture),
                email = "paciente" + Seq + "@exemplo.invalid",
                tel = "(11) 5555-" + (1000 + R.Ate(8999)),
                excluido = "N",
                cadastro = Data(new DateTime(2010, 1, 1).AddDays(R.Ate(1500))) + " 09:00",
            };
            Pacientes.Add(p);
            return p;
        }
    }

    static string Data(DateTime d) { return d.ToString("dd'/'MM'/'yyyy", CultureInfo.InvariantCulture); }

    static string Latin1(string s) { return Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(s)); }

    static string Win1252(string s)
    {
        return CodePagesEncodingProvider.Instance.GetEncoding(1252).GetString(Encoding.UTF8.GetBytes(s));
    }

    // true = carregou; false = ja havia dados
    public static bool Carregar(Banco banco, Ajustes ajustes)
    {
        using var con = banco.Abrir();
        using var tr = con.BeginTransaction();
        if (banco.EhPostgres) con.Execute("select pg_advisory_xact_lock(1002)", null, tr);
        if (con.ExecuteScalar<long>("select count(*) from auth_user", null, tr) > 0) return false;
        var carga = Gerar(ajustes.Semente, ajustes.Pacientes, banco.EhPostgres);
        foreach (var t in carga.Tabelas.Values)
        {
            if (banco.EhPostgres) Copiar((NpgsqlConnection)con, t);
            else Inserir(con, tr, t);
        }
        tr.Commit();
        return true;
    }

    static void Inserir(DbConnection con, DbTransaction tr, Tabela t)
    {
        using var cmd = con.CreateCommand();
        cmd.Transaction = tr;
        cmd.CommandText = "insert into " + t.Nome + " (" + string.Join(", ", t.Colunas) + ") values (" + string.Join(", ", t.Colunas.Select(c => "@" + c)) + ")";
        foreach (var c in t.Colunas)
        {
            var p = cmd.CreateParameter();
            p.ParameterName = "@" + c;
            cmd.Parameters.Add(p);
        }
        foreach (var l in t.Linhas)
        {
            for (int i = 0; i < l.Length; i++) cmd.Parameters[i].Value = l[i] ?? DBNull.Value;
            cmd.ExecuteNonQuery();
        }
    }

    static void Copiar(NpgsqlConnection con, Tabela t)
    {
        using var w = con.BeginTextImport("copy " + t.Nome + " (" + string.Join(", ", t.Colunas) + ") from stdin");
        var sb = new StringBuilder();
        foreach (var l in t.Linhas)
        {
            sb.Clear();
            for (int i = 0; i < l.Length; i++)
            {
                if (i > 0) sb.Append('\t');
                if (l[i] == null) sb.Append("\\N");
                else sb.Append(Convert.ToString(l[i], CultureInfo.InvariantCulture).Replace("\\", "\\\\").Replace("\t", "\\t").Replace("\n", "\\n").Replace("\r", "\\r"));
            }
            sb.Append('\n');
            w.Write(sb.ToString());
        }
    }

    static Carga Gerar(int semente, int quantos, bool pg)
    {
        var g = new Carga { R = new Sorte(semente), Pg = pg };
        Cadastros(g);
        PacientesEstranhos(g);
        while (g.Seq < 200) g.Novo();
        // depois do id 200 os codigos "0" e "1" de sexo trocaram de sentido (X5)
        g.Novo().sexo = "0";
        g.Novo().sexo = "1";
        while (g.Seq < quantos) Temperar(g, g.Novo());
        foreach (var p in g.Pacientes)
        {
            // nome_busca foi gravado uma vez, a partir do nome como estava
            p.nome_busca = Models.Chave((p.nome ?? "").ToUpperInvariant()).Replace("\0", "");
        }
        Pedidos(g);
        Absenteismos(g);
        Fila(g);
        var t = g.T("site_paciente", "id,nome,nome_busca,cpf,rg,pis,sexo,data_nasc,empresa_id,empresa_nome,funcao_id,setor_txt,setor_adicional,status,presente,disponivel,chegou,presente_em,dt_ult_exame,dias_venc,email,tel,obs,excluido,dt_excl,unificado_em,cadastro");
        foreach (var p in g.Pacientes)
            t.Add(p.id, p.nome, p.nome_busca, p.cpf, p.rg, p.pis, p.sexo, p.data_nasc, p.empresa_id, p.empresa_nome, p.funcao_id, p.setor_txt, p.setor_adicional, p.status, p.presente, p.disponivel, p.chegou, p.presente_em, p.dt_ult_exame, p.dias_venc, p.email, p.tel, p.obs, p.excluido, p.dt_excl, p.unificado_em, p.cadastro);
        return g;
    }

    // um pouco de tudo, espalhado pelas linhas comuns
    static void Temperar(Carga g, Paciente p)
    {
        var r = g.R;
        var exame = Models.LerData(p.dt_ult_exame).Value;
        switch (r.Ate(60))
        {
            case 0: p.dt_ult_exame = exame.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture); break;
            case 1: p.dt_ult_exame = exame.ToString("d/M/yy", CultureInfo.InvariantCulture); break;
            case 2: p.dt_ult_exame = exame.ToString("dd-MM-yyyy", CultureInfo.InvariantCulture); break;
            case 3: p.dt_ult_exame = exame.ToString("ddMMyyyy", CultureInfo.InvariantCulture); break;
            case 4: p.dt_ult_exame = Data(exame) + " 08:30:00"; break;
            case 5: p.dt_ult_exame = ((int)(exame - new DateTime(1899, 12, 30)).TotalDays).ToString(CultureInfo.InvariantCulture); break;
            case 6: p.dt_ult_exame = "00/00/0000"; break;
        }
        switch (r.Ate(80))
        {
            case 0: p.nome = Latin1(p.nome); break;
            case 1: p.nome = Win1252(p.nome); break;
            case 2: p.nome = Win1252(Win1252(p.nome)); break;
            case 3: p.nome = p.nome.Normalize(NormalizationForm.FormD); break;
            case 4: p.nome = p.nome.Replace("Ã", "&Atilde;").Replace("Ç", "&Ccedil;").Replace("á", "&aacute;") + "  "; break;
            case 5: p.nome = p.nome.Replace(" ", "  "); break;
            case 6: p.nome = p.nome.Replace("Ã", "?").Replace("ç", "?"); break;
        }
        switch (r.Ate(50))
        {
            case 0: p.dias_venc = "VENCIDO"; break;
            case 1: p.dias_venc = null; break;
            case 2: p.dias_venc = p.dias_venc + " dias"; break;
            case 3: p.dias_venc = ""; break;
        }
        switch (r.Ate(70))
        {
            case 0: case 1: p.status = "ATIVO"; break;
            case 2: case 3: p.status = "1"; break;
            case 4: p.status = " a"; break;
            case 5: p.status = "I"; break;
            case 6: p.status = "DEMITIDO"; break;
            case 7: p.excluido = "S"; p.dt_excl = "10/02/2015"; break;
        }
        switch (r.Ate(40))
        {
            case 0: p.sexo = p.sexo == "F" ? "Feminino" : "Masculino"; break;
            case 1: p.cpf = Convert.ToUInt64(p.cpf, CultureInfo.InvariantCulture).ToString("000\\.000\\.000\\-00", CultureInfo.InvariantCulture); break;
            case 2: p.cpf = null; break;
        }
    }

    static void Cadastros(Carga g)
    {
        var r = g.R;
        var empresas = g.T("site_empresa", "id,razao,fantasia,cnpj,grupo_id,coordenador_id,coordenador_brmed_id,cnae,grau_risco,credenciado,status,end_txt");
        g.EmpresaNomes = new string[60];
        for (int i = 1; i <= 60; i++)
        {
            var nome = RamosEmpresa[(i - 1) % RamosEmpresa.Length] + " " + NomesEmpresa[(i - 1) * 7 % NomesEmpresa.Length];
            if (i > RamosEmpresa.Length * 4) nome += " II";
            var copia = nome.ToUpperInvariant() + " LTDA";
            g.EmpresaNomes[i - 1] = copia;
            // empresa renomeada: os pacientes ficaram com a copia velha
            var fantasia = i % 20 == 0 ? copia + " (NOVA)" : copia;
            empresas.Add(i, copia, fantasia, (10000000 + i * 9173).ToString(CultureInfo.InvariantCulture) + "0001" + (10 + i % 89), 1 + i % 5, 1, 2,
                "2511-0/00", i % 3 == 0 ? "III" : i % 3 == 1 ? "3" : null, i > 57 ? "S" : "N", "A", "Rua das Acácias, " + i * 10);
        }
        var filiais = g.T("site_filial", "id,nome,uf,fuso");
        filiais.Add(1, "São Paulo - Centro", "SP", null);
        filiais.Add(2, "Santos", "SP", "-3");
        filiais.Add(3, "Rio de Janeiro", "RJ", null);
        filiais.Add(4, "Belo Horizonte", "MG", null);
        filiais.Add(5, "Manaus", "AM", null);
        filiais.Add(6, "Rio Branco", "AC", null);
        filiais.Add(7, "Cuiabá", "MT", "-4");
        filiais.Add(8, "Recife", "PE", null);
        filiais.Add(9, "Porto Alegre", "RS", "");
        var salas = g.T("site_sala", "id,nome,filial_id");
        for (int i = 0; i < 36; i++) salas.Add(i + 1, "SALA " + (i % 4 + 1).ToString("00", CultureInfo.InvariantCulture), i / 4 + 1);
        var exames = g.T("site_exame", "id,cod,nome,exame_pai_id,interno");
        var nomesExame = "Exame clínico;Audiometria;Acuidade visual;Espirometria;Hemograma completo;Glicemia;Eletrocardiograma;Raio X de tórax;Eletroencefalograma;Colesterol total;Urina tipo I;Avaliação psicossocial".Split(';');
        for (int i = 0; i < nomesExame.Length; i++) exames.Add(i + 1, "EX" + (i + 1).ToString("000", CultureInfo.InvariantCulture), nomesExame[i], i == 9 ? 5 : null, i < 4 ? "S" : i < 8 ? null : "N");
        exames.Add(45, "EX045", "Coleta", 46, "S");
        exames.Add(46, "EX046", "Laboratório", 45, "S"); // um e pai do outro
        var tipos = g.T("site_tipopedidoexame", "id,sigla,nome");
        tipos.Add(1, "ADM", "Admissional");
        tipos.Add(2, "PER", "Periódico");
        tipos.Add(3, "RT", "Retorno ao trabalho");
        tipos.Add(4, "MF", "Mudança de função");
        tipos.Add(5, "DEM", "Demissional");
        var exfil = g.T("site_exame_filiais", "id,exame_id,filial_id");
        for (int i = 1; i <= 36; i++) exfil.Add(i, 1 + (i - 1) % 4, 1 + (i - 1) / 4);
        var grupos = g.T("site_grupoempresa", "id,nome,user_id,pcmso_coord_id");
        for (int i = 1; i <= 5; i++) grupos.Add(i, "GRUPO " + i, 3, 2);
        var setores = g.T("site_setor", "id,nome,empresa_id");
        for (int i = 1; i <= 18; i++) setores.Add(i, "SETOR " + i, i);
        var funcoes = g.T("site_funcao", "id,nome,cbo");
        var nomesFuncao = "Auxiliar de produção;Motorista;Soldador;Operador de empilhadeira;Analista administrativo;Técnico de segurança;Cozinheiro;Eletricista".Split(';');
        for (int i = 0; i < nomesFuncao.Length; i++) funcoes.Add(i + 1, nomesFuncao[i], (7000 + i).ToString(CultureInfo.InvariantCulture));
        var riscos = g.T("site_risco", "id,nome,tipo");
        riscos.Add(1, "Ruído", "FIS");
        riscos.Add(2, "Calor", "FIS");
        riscos.Add(3, "Poeira mineral", "QUI");
        riscos.Add(4, "Postura inadequada", "ERG");
        var fr = g.T("site_funcao_riscos", "id,funcao_id,risco_id");
        for (int i = 1; i <= 16; i++) fr.Add(i, 1 + i % 8, 1 + i % 4);
        var cap = g.T("site_cidchapter", "id,numero,titulo,faixa");
        for (int i = 0; i < Cid10.Capitulos.Length; i++) cap.Add(i + 1, Cid10.Capitulos[i].romano, Cid10.Capitulos[i].titulo, Cid10.Capitulos[i].de + "-" + Cid10.Capitulos[i].ate);
        var cid = g.T("site_cid", "id,codigo,nome,capitulo_id");
        for (int i = 0; i < Cids.Length; i++) cid.Add(i + 1, Cids[i], "CID " + Cids[i], Cid10.Capitulo(Cid10.Codigo(Cids[i])));
        var crm = g.T("site_crm", "id,numero,uf,nome");
        crm.Add(1, "52-12345-6", "RJ", "Dra. Íris Açucena");
        crm.Add(2, "CRM/RJ 123456", "RJ", "Dr. Caíque Taquaral");
        crm.Add(3, "98765", "SP", "Dra. Zélia Ypê");
        var orgao = g.T("site_orgaoemissoratestado", "id,nome");
        orgao.Add(1, "SUS");
        orgao.Add(2, "Convênio");
        orgao.Add(3, "Particular");
        g.T("site_etiqueta", "id,nome").Add(1, "Turno");
        var ev = g.T("site_etiquetavalor", "id,etiqueta_id,valor");
        ev.Add(1, 1, "Dia");
        ev.Add(2, 1, "Noite");
        var us = g.T("auth_user", "id,username,first_name,last_name,email,password,is_staff,is_active,is_superuser,last_login,date_joined");
        us.Add(1, "maria", "Maria", "das Dores Lima", "maria@sismed.invalid", Usuario.Embaralhar("senha123", "Xk2mP9"), "S", "S", "N", null, "02/01/2012 08:00");
        us.Add(2, "otavio", "Otávio", "Conceição <médico>", "otavio@sismed.invalid", Usuario.Embaralhar("senha123", "Qw7eR1"), "S", "S", "N", null, "02/01/2012 08:00");
        us.Add(3, "cliente", "Inês", "D'Ávila", "cliente@sismed.invalid", Usuario.Embaralhar("senha123", "Lm5nB8"), "N", "S", "N", null, "15/03/2013 08:00");
        us.Add(4, "demitido", "Ex", "Funcionário", "ex@sismed.invalid", Usuario.Embaralhar("senha123", "Ty6uI3"), "N", "N", "N", null, "15/03/2013 08:00");
        var pr = g.T("site_profissional", "id,user_id,nome,conselho,filial_id,grupos");
        pr.Add(1, 1, "Maria das Dores Lima", null, 1, "recepcao|gestao|");
        pr.Add(2, 2, "Otávio Conceição", "CRM/SP 55555", 1, "medico|");
        pr.Add(3, 3, "Inês D'Ávila", null, null, "cliente|");
        pr.Add(4, 4, "Ex Funcionário", null, 2, "recepcao|");
    }

    static void PacientesEstranhos(Carga g)
    {
        Paciente p;
        // X1: CPF
        p = g.Novo(); p.nome = "CPF COM PONTOS"; p.cpf = "529.982.247-25";
        p = g.Novo(); p.nome = "CPF SO DIGITOS"; p.cpf = "52998224725"; p.empresa_id = 2; p.empresa_nome = g.EmpresaNomes[1];
        p = g.Novo(); p.nome = "CPF COM BARRA"; p.cpf = " 529982247/25"; p.empresa_id = 3; p.empresa_nome = g.EmpresaNomes[2];
        p = g.Novo(); p.nome = "CPF PERDEU ZEROS"; p.cpf = "11126";
        p = g.Novo(); p.nome = "CPF DA PLANILHA"; p.cpf = "11111";
        p = g.Novo(); p.nome = "CPF REPETIDO"; p.cpf = "111.111.111-11";
        p = g.Novo(); p.nome = "CPF ZERADO"; p.cpf = "00000000000";
        p = g.Novo(); p.nome = "CPF COM LETRAS"; p.cpf = "529982X4725";
        p = g.Novo(); p.nome = "CPF VAZIO"; p.cpf = "";
        p = g.Novo(); p.nome = "CPF NULO"; p.cpf = null;
        p = g.Novo(); p.nome = "CPF ISENTO"; p.cpf = "ISENTO";
        p = g.Novo(); p.nome = "CPF NAO TEM"; p.cpf = "NAO TEM";
        p = g.Novo(); p.nome = "CNPJ NO CPF"; p.cpf = "11.222.333/0001-81";
        p = g.Novo(); p.nome = "CPF DIGITO ERRADO"; p.cpf = "529.982.247-26";

        // X2: datas (nascimento e ultimo exame)
        foreach (var d in new[] { "25/07/2015", "2015-07-25", "25/7/15", "25-07-2015", "25072015", "07/25/2015", "00/00/0000", "0000-00-00", "31/02/1980", "29/02/2015", "01/01/1900", "31/12/9999", "03/04/2015", "25/07/2015 10:30", "25/07/2015 10:30:59", "2015-07-25T10:30:00", "42210", "", "  ", "1/1/30", "1/1/29", "25.07.2015", "ontem", null })
        {
            p = g.Novo();
            p.nome = "Exame em " + (d ?? "nulo");
            p.dt_ult_exame = d;
        }
        foreach (var d in new[] { "25/7/60", "1960-07-25", "25071960", "07/25/1960", "22122", "00/00/0000", "01/01/1900", "31/02/1980", "", null, "12/03/2031" })
        {
            p = g.Novo();
            p.nome = "Nascido em " + (d ?? "nulo");
            p.data_nasc = d;
        }
        p = g.Novo(); p.nome = "Exame antes de nascer"; p.data_nasc = "10/10/1990"; p.dt_ult_exame = "10/10/1989";

        // X3: horas que nao existiram ou vieram duas vezes
        p = g.Novo(); p.nome = "Chegou na hora que nao houve"; p.chegou = "19/10/2014 00:30"; p.presente_em = 1;
        p = g.Novo(); p.nome = "Chegou na hora dobrada"; p.chegou = "21/02/2015 23:30"; p.presente_em = 1;
        p = g.Novo(); p.nome = "Chegou em Manaus"; p.chegou = "12/05/2015 07:40"; p.presente_em = 5;
        p = g.Novo(); p.nome = "Chegou em Rio Branco"; p.chegou = "12/05/2015 06:40"; p.presente_em = 6;

        // X4: situacao
        foreach (var s in new[] { "A", "ATIVO", "1", " a", "I", "DEMITIDO", "9", null, "", "Z", "7" })
        {
            p = g.Novo();
            p.nome = "Status " + (s ?? "nulo");
            p.status = s;
        }
        p = g.Novo(); p.nome = "Status nulo com exclusao"; p.status = null; p.dt_excl = "05/05/2014";
        p = g.Novo(); p.nome = "Excluido mas ativo"; p.status = "A"; p.excluido = "S";

        // X5: sexo
        foreach (var s in new[] { "M", "F", "Masculino", "Feminino", "0", "1", null, "X" })
        {
            p = g.Novo();
            p.nome = "Sexo " + (s ?? "nulo");
            p.sexo = s;
        }

        // X7: duplicados
        var cpf = g.Cpf();
        for (int i = 0; i < 3; i++)
        {
            p = g.Novo();
            p.nome = "Um Cpf Três Empregos"; p.cpf = cpf; p.data_nasc = "01/02/1970"; p.empresa_id = 4 + i; p.empresa_nome = g.EmpresaNomes[3 + i];
        }
        cpf = g.Cpf();
        p = g.Novo(); p.nome = "Duplicado Mesma Empresa"; p.cpf = cpf; p.data_nasc = "03/02/1971"; p.empresa_id = 7; p.empresa_nome = g.EmpresaNomes[6];
        p = g.Novo(); p.nome = "DUPLICADO MESMA EMPRESA"; p.cpf = Convert.ToUInt64(cpf, CultureInfo.InvariantCulture).ToString("000\\.000\\.000\\-00", CultureInfo.InvariantCulture); p.data_nasc = "03/02/1971"; p.empresa_id = 7; p.empresa_nome = g.EmpresaNomes[6];
        p = g.Novo(); p.nome = "Sem Cpf Conceição Falcão"; p.cpf = null; p.data_nasc = "04/03/1972";
        p = g.Novo(); p.nome = "SEM CPF CONCEICAO FALCAO"; p.cpf = ""; p.data_nasc = "4/3/72";
        var a = g.Novo(); a.nome = "Unificado Sobrevivente";
        var b = g.Novo(); b.nome = "Unificado Um"; b.unificado_em = a.id;
        var c = g.Novo(); c.nome = "Unificado Dois"; c.unificado_em = b.id;
        a = g.Novo(); a.nome = "Ciclo Um";
        b = g.Novo(); b.nome = "Ciclo Dois"; b.unificado_em = a.id; a.unificado_em = b.id;
        p = g.Novo(); p.nome = "Unificado Em Si"; p.unificado_em = p.id;
        p = g.Novo(); p.nome = "Unificado Em Zero"; p.unificado_em = 0;

        // X8: nomes
        foreach (var n in new[]
        {
            "JOSÉ ANTÔNIO DA CONCEIÇÃO", Latin1("José Antônio da Conceição"), Latin1("JOSÉ ANTÔNIO DA CONCEIÇÃO"), Win1252("JOSÉ ÀVILA ÍRIS"),
            Win1252(Win1252("João Brandão")), Latin1(Latin1("Cecília Açucena")), "Joana D\u0092Ávila", "Joana D\u2019Ávila", "Pedro \u0093Peixe\u0094 Salomão",
            "JO?O DA ASSUN??O", "Jo\uFFFDo Galv\uFFFDo", "JO&Atilde;O CONCEI&Ccedil;&Atilde;O", "Ana D&#39;Angelo &amp; Filha", g.Pg ? "MARIA\u0001 NULA" : "MARIA\0 NULA", "Bip\u0007 de Controle",
            "Ângela Íris Corrêa".Normalize(NormalizationForm.FormD), "Ângela Íris Corrêa", "JOAO DA SILVA DOS SANTOS DE SOUZA", "  Branco   No  Meio  ", "Com\u00A0Espaço\tDuro", "Termina em branco   ", "<b>Negrito</b> \"Aspas\" & 'Cia'", "", "   ", null,
        })
        {
            p = g.Novo();
            p.nome = n;
        }
        p = g.Novo(); p.nome = "Empresa com mojibake"; p.empresa_id = 8; p.empresa_nome = Win1252(g.EmpresaNomes[7]);
        p = g.Novo(); p.nome = "Empresa com entidade"; p.empresa_id = 9; p.empresa_nome = "P&atilde;es &amp; Cia  LTDA ";
        p = g.Novo(); p.nome = "Empresa com ponto e virgula"; p.empresa_id = 9; p.empresa_nome = "ALFA; \"BETA\" E ŁÓDŹ";

        // X9: cinco jeitos de apagar
        p = g.Novo(); p.nome = "Apagado por excluido"; p.excluido = "S";
        p = g.Novo(); p.nome = "Apagado por excluido minusculo"; p.excluido = " s";
        p = g.Novo(); p.nome = "Apagado por data"; p.dt_excl = "01/03/2014";
        p = g.Novo(); p.nome = "Data de exclusao zerada"; p.dt_excl = "00/00/0000";
        p = g.Novo(); p.nome = "Apagado por status"; p.status = "I";
        p = g.Novo(); p.nome = "Apagado por unificacao"; p.unificado_em = 1;
        p = g.Novo(); p.nome = "***NAO USAR*** Apagado por nome";
        p = g.Novo(); p.nome = "***Não usar*** apagado por nome";

        // X10: dias_venc
        foreach (var d in new[] { "30", "-5", "0", "31", "1", "30.0", "30 dias", "VENCIDO", "N/A", "", null, "99999999999", " 30", "30 ", "+30", "007", "-0", "-", "2147483647" })
        {
            p = g.Novo();
            p.nome = "Vence em " + (d ?? "nulo");
            p.dias_venc = d;
        }
        p = g.Novo(); p.nome = "Dias sem exame"; p.dias_venc = "12"; p.dt_ult_exame = null;

        // X21: orfaos
        p = g.Novo(); p.nome = "Sem Empresa"; p.empresa_id = null; p.empresa_nome = null;
        p = g.Novo(); p.nome = "Empresa Que Nao Existe"; p.empresa_id = 9999; p.empresa_nome = "FANTASMA S/A";
        if (g.Seq > 200) throw new InvalidOperationException("linhas estranhas demais: " + g.Seq);
    }

    static void Pedidos(Carga g)
    {
        var r = g.R;
        var t = g.T("site_pedidoexame", "id,paciente_id,tipo_id,tipo_txt,status,data,validade,absenteismo_id,exames,obs");
        var at = g.T("site_atendimento", "id,pedido_id,exame_id,feito_em,atendimento_feito_por,responsavel,inicio,fim");
        var fm = g.T("site_fichamedica", "id,atendimento_id,paciente_id,examinador_id,peso_kg,peso_gr,altura_mt,altura_cm,imc,pa,respostas,riscos,doencas");
        var hist = g.T("site_historicopacienteempresa", "id,paciente_id,empresa_id,entrada,saida");
        var tipos = new[] { "ADM", "PER", "RT", "MF", "DEM" };
        int nat = 0, nfm = 0, nh = 0;
        void Pedido(int? paciente, int? tipo, string tipoTxt, string status, string data, string exames)
        {
            t.Add(++g.SeqPedido, paciente, tipo, tipoTxt, status, data, null, null, exames, null);
        }
        // X4 (pedido) e X21
        foreach (var s in new[] { "A", "C", "F", "P", "", null, "0", "1", "2", "3", "4", "5", "Q" }) Pedido(r.Ate(12) + 1, 2, "PER", s, "01/07/2015", "12;45;45;");
        Pedido(null, 2, "PER", "A", "02/07/2015", "1;");
        Pedido(9999999, 2, "PER", "A", "02/07/2015", "1;2;");
        foreach (var p in g.Pacientes)
        {
            if (p.id % 3 != 0)
            {
                var exame = Models.LerData(p.dt_ult_exame) ?? new DateTime(2015, 1, 5);
                var tipo = r.Chance(800) ? 2 : 1 + r.Ate(5);
                Pedido(p.id, tipo, tipos[tipo - 1], r.Chance(900) ? "F" : "3", Data(exame.AddDays(-1)), "1;" + (2 + r.Ate(8)) + ";");
                nat++;
                at.Add(nat, g.SeqPedido, 1, Data(exame), 2, "Dr. Otávio", Data(exame) + " 09:10", Data(exame) + " 09:40");
                if (r.Chance(300))
                {
                    int kg = 48 + r.Ate(60), cm = 50 + r.Ate(45);
                    fm.Add(++nfm, nat, p.id, 2, kg, r.Ate(10) * 100, 1, cm, r.Chance(50) ? "NR" : (kg / ((1 + cm / 100.0) * (1 + cm / 100.0))).ToString("0.0", CultureInfo.InvariantCulture).Replace('.', ','),
                        r.Chance(800) ? "12/8" : "120x80", "q7=0;q174=Não;q12=Normal", "1;4;", "");
                }
            }
            if (p.id % 4 == 0)
            {
                var tipo = r.Chance(850) ? 2 : 1 + r.Ate(5);
                Pedido(p.id, r.Chance(950) ? tipo : null, tipo == 2 ? "Periódico" : tipos[tipo - 1], r.Chance(800) ? "A" : r.Chance(500) ? "P" : "0", Data(Referencia.AddDays(-r.Ate(20))), "1;2;");
            }
            if (p.id % 5 == 0) hist.Add(++nh, p.id, p.empresa_id, (p.cadastro ?? "").Split(' ')[0], null);
        }
        var ag = g.T("site_agendamento", "id,pedido_id,filial_id,data_agendamento,status");
        var sa = g.T("site_solicitacaoagendamento", "id,paciente_id,pedido_id,filial_id,credenciado_id,tipo,data_agendamento,status");
        for (int i = 1; i <= 120; i++)
        {
            sa.Add(i, i * 4, null, i % 6 == 0 ? null : 1 + i % 9, i % 6 == 0 ? 58 : null, "PER", Data(Referencia.AddDays(i % 30)) + " 0" + (7 + i % 3) + ":30", i % 4);
            if (i % 2 == 0) ag.Add(i / 2, i, 1 + i % 9, Data(Referencia.AddDays(i % 30)) + " 08:00", "A");
        }
    }

    static void Absenteismos(Carga g)
    {
        var r = g.R;
        var t = g.T("site_absenteismo", "id,paciente_id,empresa_id,inicio,fim,dias,dias_txt,cat,cid_txt,crm_txt,emissor_txt");
        var at = g.T("site_atestado", "id,absenteismo_id,doenca_id,cid_txt,crm_id,emissor_id,arquivo,arquivo_nome");
        var et = g.T("site_absenteismo_etiquetas", "id,absenteismo_id,etiquetavalor_id");
        void Abs(int? paciente, string inicio, string fim, int? dias, string diasTxt, string cat, string cid)
        {
            var emp = paciente != null && paciente <= g.Pacientes.Count ? g.Pacientes[paciente.Value - 1].empresa_id : null;
            t.Add(++g.SeqAbs, paciente, emp, inicio, fim, dias, diasTxt, cat, cid, r.Chance(300) ? "CRM/RJ 123456" : "52-12345-6", r.Chance(600) ? "SUS" : "Particular");
            at.Add(g.SeqAbs, g.SeqAbs, null, cid, 1 + r.Ate(3), 1 + r.Ate(3), null, null);
            if (g.SeqAbs % 10 == 0) et.Add(g.SeqAbs / 10, g.SeqAbs, 1 + r.Ate(2));
        }
        // X16
        Abs(10, "01/06/2015", "05/06/2015", 3, "3", "N", "M54.5");
        Abs(11, "10/06/2015", "08/06/2015", 2, "2", "N", "J11");
        Abs(12, "10/06/2015", null, 4, "4", "N", "J11");
        Abs(13, "10/06/2015", "", null, "3 dias", "N", "J11");
        Abs(14, "01/05/2015", "05/05/2015", 5, "5", "N", "M54.5");
        Abs(14, "04/05/2015", "07/05/2015", 4, "4", "N", "J11");
        Abs(14, "02/05/2015", "03/05/2015", 2, "2", "N", "F32.1");
        Abs(15, "12/05/2015", "14/05/2015", 3, "3", "S", "S61.0");
        Abs(16, "12/05/2015", "14/05/2015", 3, "3", "2015123456", "S61.0");
        Abs(17, "13/05/2015", "13/05/2015", 0, "4h", "N", "Z76.5");
        Abs(18, "13/05/2015", null, null, "4 horas", "N", "K08.8");
        Abs(19, "02/03/2015", "10/04/2015", 40, "40", "N", "F32.1");
        Abs(20, "00/00/0000", "10/04/2015", 3, "3", "N", "J11");
        Abs(21, "2015-05-13", "14-05-2015", 2, "2", "N", "J11");
        Abs(22, "13/05/2015", null, 0, "0", "N", "J11");
        Abs(23, "13/05/2015", null, 5000, "5000", "N", "J11");
        Abs(24, "13/05/2015", "31/12/9999", 2, "2", "N", "J11");
        Abs(25, "05/13/2015", "05/14/2015", 2, "2", "N", "J11");
        // X6 (cat)
        foreach (var c in new[] { "S", "N", "s", "1", "0", "T", "F", "on", "", null, "NÃO", "2015/004-7", "talvez" }) Abs(30 + r.Ate(100), "20/05/2015", "21/05/2015", 2, "2", c, "S93.4");
        // X15
        foreach (var c in new[] { "M54.5", "m545", "M54", "M54-5", "Z00,0", "M54.5 LOMBALGIA", "DOR LOMBAR", "D64.9", "D48", "D49", "H66.9", "H52.1", "U99", "E95", "X1", "99", "", null }) Abs(140 + r.Ate(50), "25/05/2015", "26/05/2015", 2, "2", "N", c);
        // X21
        Abs(null, "25/05/2015", "26/05/2015", 2, "2", "N", "J11");
        Abs(9999999, "25/05/2015", "26/05/2015", 2, "2", "N", "J11");
        int quantos = Math.Max(200, g.Pacientes.Count * 3 / 10);
        while (g.SeqAbs < quantos)
        {
            var pac = 1 + r.Ate(g.Pacientes.Count);
            var ini = new DateTime(2014, 1, 6).AddDays(r.Ate(560));
            var dias = r.Chance(700) ? 1 + r.Ate(3) : r.Chance(800) ? 4 + r.Ate(12) : 16 + r.Ate(60);
            var fim = ini.AddDays(dias - 1);
            var cid = r.Chance(40) ? null : r.Um(Cids);
            if (cid != null && r.Chance(100)) cid = cid.ToLowerInvariant().Replace(".", "");
            var cat = r.Chance(60) ? (r.Chance(600) ? "2015" + (100000 + r.Ate(899999)) : "S") : r.Chance(50) ? null : "N";
            Abs(pac, r.Chance(950) ? Data(ini) : ini.ToString("d/M/yy", CultureInfo.InvariantCulture), r.Chance(930) ? Data(fim) : null, dias, dias.ToString(CultureInfo.InvariantCulture), cat, cid);
            if (r.Chance(60) && g.SeqAbs < quantos)
                Abs(pac, Data(ini.AddDays(r.Ate(3))), Data(fim.AddDays(r.Ate(4))), dias, dias.ToString(CultureInfo.InvariantCulture), "N", r.Um(Cids));
        }
    }

    static void Fila(Carga g)
    {
        var t = g.T("site_chamada", "id,paciente_id,pedido_id,sala_id,sala_txt,filial_id,exame_id,examinador_id,hora,status");
        var sub = g.T("site_chamada_subexames", "id,chamada_id,exame_id");
        int n = 0;
        for (int filial = 1; filial <= 9; filial++)
        {
            for (int i = 0; i < 6; i++)
            {
                // numa carga pequena as filiais repetem pacientes; quem esta em duas filas fica na ultima
                var p = g.Pacientes[203 + (filial * 20 + i * 4) % Math.Max(1, g.Pacientes.Count - 203)];
                if (p.presente == "S" || p.GetSituacao() != 'A') continue;
                p.presente = "S";
                p.disponivel = i < 4 ? "N" : "S";
                p.chegou = Data(Referencia) + " 07:" + (10 + i * 5);
                p.presente_em = filial;
                if (i < 4)
                {
                    n++;
                    t.Add(n, p.id, null, (filial - 1) * 4 + i + 1, i == 3 ? "Sala 2" : null, filial, 1, 2, Data(Referencia) + " 08:" + (10 + i * 7), "C");
                    if (i == 0) sub.Add(n, n, 45);
                }
            }
        }
        // X21: chamada sem pedido e chamada de ninguem
        t.Add(++n, 9999999, 9999999, null, "SALA 2", 9, 1, 99, "25/07/2015 08:00", "F");
    }

    // ------------------------------------------------------------------ --contar

    public static void Contar(Banco banco, TextWriter saida)
    {
        using var con = banco.Abrir();
        var ps = con.Query<Paciente>("select * from site_paciente order by id").ToList();
        var peds = con.Query<PedidoExame>("select * from site_pedidoexame").ToList();
        var abs = con.Query<Absenteismo>("select * from site_absenteismo").ToList();
        var filiais = con.Query<Filial>("select * from site_filial").ToList();
        var empresas = con.Query<int>("select id from site_empresa").ToHashSet();
        var chamadas = con.Query<int?>("select pedido_id from site_chamada").ToList();
        var ids = ps.ToDictionary(p => p.id);
        int P(Func<Paciente, bool> f) { return ps.Count(f); }
        int A(Func<Absenteismo, bool> f) { return abs.Count(f); }
        void L(string regra, string celula, int quantos) { saida.WriteLine(regra.PadRight(4) + " " + celula.PadRight(44) + " " + quantos.ToString(CultureInfo.InvariantCulture).PadLeft(7)); }
        saida.WriteLine("tabela site_paciente".PadRight(50) + ps.Count.ToString(CultureInfo.InvariantCulture).PadLeft(7));
        saida.WriteLine("tabela site_pedidoexame".PadRight(50) + peds.Count.ToString(CultureInfo.InvariantCulture).PadLeft(7));
        saida.WriteLine("tabela site_absenteismo".PadRight(50) + abs.Count.ToString(CultureInfo.InvariantCulture).PadLeft(7));

        bool Rx(string s, string rx) { return s != null && System.Text.RegularExpressions.Regex.IsMatch(s, rx); }
        string Nu(string s) { return s == null ? null : new string(s.Where(char.IsAsciiDigit).ToArray()); }
        L("X1", "529.982.247-25 (pontos e traco)", P(p => Rx(p.cpf, @"^\d{3}\.\d{3}\.\d{3}-\d{2}$")));
        L("X1", "52998224725 (11 digitos validos)", P(p => Rx(p.cpf, @"^\d{11}$") && Models.SituacaoCpf(p.cpf) == 'V'));
        L("X1", "\" 529982247/25\" (branco e barra)", P(p => Rx(p.cpf, @"^\s+\d{9}/\d{2}$")));
        L("X1", "perdeu zeros, valido (11126)", P(p => Rx(p.cpf, @"^\d{1,10}$") && Models.SituacaoCpf(p.cpf) == 'V'));
        L("X1", "perdeu zeros, invalido (11111)", P(p => Rx(p.cpf, @"^\d{1,10}$") && Models.SituacaoCpf(p.cpf) == 'I'));
        L("X1", "todos iguais (000..., 111...)", P(p => Nu(p.cpf)?.Length == 11 && Nu(p.cpf).Distinct().Count() == 1));
        L("X1", "digito verificador errado", P(p => Nu(p.cpf)?.Length == 11 && Nu(p.cpf).Distinct().Count() > 1 && Models.SituacaoCpf(p.cpf) == 'I'));
        L("X1", "com letras", P(p => Rx(p.cpf, @"\d[A-Z]")));
        L("X1", "vazio", P(p => p.cpf == ""));
        L("X1", "NULL", P(p => p.cpf == null));
        L("X1", "ISENTO", P(p => p.cpf == "ISENTO"));
        L("X1", "NAO TEM", P(p => p.cpf == "NAO TEM"));
        L("X1", "14 digitos (CNPJ)", P(p => Nu(p.cpf)?.Length == 14));

        foreach (var (nome, rx) in new[]
        {
            ("25/07/2015", @"^\d{2}/\d{2}/\d{4}$"), ("2015-07-25", @"^[12]\d{3}-\d{2}-\d{2}$"), ("25/7/15", @"^\d{1,2}/\d{1,2}/\d{2}$"), ("25-07-2015", @"^\d{2}-\d{2}-\d{4}$"),
            ("25072015", @"^\d{8}$"), ("07/25/2015", @"^\d{2}/(1[3-9]|2\d|3[01])/\d{4}$"), ("00/00/0000", @"^00/00/0000$"), ("0000-00-00", @"^0000-00-00$"),
            ("31/02/1980", @"^31/02/1980$"), ("29/02/2015", @"^29/02/2015$"), ("01/01/1900", @"^01/01/1900$"), ("31/12/9999", @"^31/12/9999$"), ("03/04 (ambigua)", @"^03/04/2015$"),
            ("com hora no fim", @"\d{1,2}:\d{2}(:\d{2})?$"), ("serial do Excel 42210", @"^\d{5}$"), ("vazia", @"^\s*$"), ("ano com 2 digitos, 30 = 1930", @"^1/1/30$"), ("ano com 2 digitos, 29 = 2029", @"^1/1/29$"),
        }) L("X2", nome, P(p => Rx(p.dt_ult_exame, rx)) + P(p => Rx(p.data_nasc, rx)));
        L("X2", "NULL", P(p => p.dt_ult_exame == null) + P(p => p.data_nasc == null));
        L("X2", "nascimento no futuro (depois de 2030)", P(p => Models.LerData(p.data_nasc)?.Year > 2030));
        L("X2", "ultimo exame antes do nascimento", P(p => Models.LerData(p.data_nasc) > Models.LerData(p.dt_ult_exame)));

        foreach (var uf in new[] { "SP", "AM", "AC" }) L("X3", "filial " + uf + " sem fuso", filiais.Count(f => f.uf == uf && string.IsNullOrWhiteSpace(f.fuso)));
        L("X3", "19/10/2014 00:30 (nao existiu)", P(p => p.chegou == "19/10/2014 00:30"));
        L("X3", "21/02/2015 23:30 (veio duas vezes)", P(p => p.chegou == "21/02/2015 23:30"));

        foreach (var s in new[] { "A", "ATIVO", "1", " a", "I", "DEMITIDO", "9", "Z", "7", "" }) L("X4", "paciente \"" + s + "\"", P(p => p.status == s));
        L("X4", "paciente NULL", P(p => p.status == null && string.IsNullOrEmpty(p.dt_excl)));
        L("X4", "paciente NULL + dt_excl", P(p => p.status == null && !string.IsNullOrEmpty(p.dt_excl)));
        L("X4", "excluido S mas status A", P(p => p.excluido == "S" && p.status == "A"));
        foreach (var s in new[] { "A", "C", "F", "P", "", "0", "1", "2", "3", "4", "5", "Q" }) L("X4", "pedido \"" + s + "\"", peds.Count(p => p.status == s));
        L("X4", "pedido NULL", peds.Count(p => p.status == null));

        foreach (var s in new[] { "M", "F", "Masculino", "Feminino", "X" }) L("X5", "sexo " + s, P(p => p.sexo == s));
        foreach (var s in new[] { "0", "1" })
        {
            L("X5", "sexo " + s + " (id ate 200)", P(p => p.sexo == s && p.id <= 200));
            L("X5", "sexo " + s + " (id acima de 200)", P(p => p.sexo == s && p.id > 200));
        }
        L("X5", "sexo NULL", P(p => p.sexo == null));

        foreach (var s in new[] { "S", "N", "s", "1", "0", "T", "F", "on", "", "talvez" }) L("X6", "cat \"" + s + "\"", A(x => x.cat == s));
        L("X6", "cat NULL", A(x => x.cat == null));

        var validos = ps.Where(p => Models.SituacaoCpf(p.cpf) == 'V').GroupBy(p => Nu(p.cpf).PadLeft(11, '0')).Where(x => x.Count() > 1).ToList();
        L("X7", "mesmo CPF em varias empresas (CPFs)", validos.Count(x => x.Select(p => p.empresa_id).Distinct().Count() > 1));
        L("X7", "mesmo CPF e empresa, escrito diferente", validos.SelectMany(x => x.GroupBy(p => p.empresa_id)).Count(x => x.Select(p => p.cpf).Distinct().Count() > 1));
        L("X7", "sem CPF, mesmo nome e nascimento", ps.Where(p => Models.SituacaoCpf(p.cpf) == 'F' && p.GetNome() != "" && Models.LerData(p.data_nasc) != null).GroupBy(p => (p.GetChave(), Models.LerData(p.data_nasc))).Count(x => x.Count() > 1));
        L("X7", "unificado_em: cadeia", P(p => p.unificado_em != null && p.unificado_em != p.id && ids.TryGetValue(p.unificado_em.Value, out var q) && q.unificado_em != null && q.unificado_em != p.id));
        L("X7", "unificado_em: ciclo", P(p => p.unificado_em != null && p.unificado_em != p.id && ids.TryGetValue(p.unificado_em.Value, out var q) && q.unificado_em == p.id));
        L("X7", "unificado_em: nele mesmo", P(p => p.unificado_em == p.id));

        L("X8", "acentos em UTF-8", P(p => p.nome != null && p.nome.Any(c => c > 127) && p.nome == Models.ConsertarNome(p.nome)));
        L("X8", "UTF-8 lido como Latin-1/CP1252", P(p => Rodadas(p.nome) == 1));
        L("X8", "duas vezes", P(p => Rodadas(p.nome) >= 2));
        L("X8", "aspas do CP1252", P(p => p.nome != null && Rodadas(p.nome) == 0 && p.nome.Any(c => c is '\u0091' or '\u0092' or '\u0093' or '\u0094' or '\u2018' or '\u2019' or '\u201C' or '\u201D')));
        L("X8", "? no lugar da letra", P(p => p.nome != null && p.nome.Contains('?')));
        L("X8", "U+FFFD", P(p => p.nome != null && p.nome.Contains('\uFFFD')));
        L("X8", "entidades HTML", P(p => Rx(p.nome, @"&#?\w+;")));
        L("X8", banco.EhPostgres ? "NUL (U+0001 no PostgreSQL)" : "NUL", P(p => p.nome != null && p.nome.Contains(banco.EhPostgres ? '\u0001' : '\0')));
        L("X8", "outro caractere de controle", P(p => p.nome != null && p.nome.Contains('\u0007')));
        L("X8", "acento decomposto (NFD)", P(p => p.nome != null && Rodadas(p.nome) == 0 && !p.nome.IsNormalized(NormalizationForm.FormC)));
        L("X8", "NFC e NFD da mesma pessoa", ps.Where(p => p.nome != null).GroupBy(p => p.nome.Normalize(NormalizationForm.FormC)).Count(x => x.Select(p => p.nome).Distinct(StringComparer.Ordinal).Count() > 1));
        L("X8", "maiusculas com particulas", P(p => Rx(p.nome, @"^[A-Z ]+ (DA|DE|DOS) [A-Z ]+$")));
        L("X8", "brancos sobrando", P(p => p.nome != null && p.nome.Trim() != "" && (p.nome != p.nome.Trim() || p.nome.Contains("  "))));
        L("X8", "sem nome", P(p => p.GetNome() == ""));

        L("X9", "excluido = S", P(p => (p.excluido ?? "").Trim().ToUpperInvariant() == "S"));
        L("X9", "dt_excl", P(p => Models.LerData(p.dt_excl) != null));
        L("X9", "status I, DEMITIDO, 9", P(p => (p.status ?? "").Trim().ToUpperInvariant() is "I" or "DEMITIDO" or "9"));
        L("X9", "unificado_em", P(p => p.GetSituacao() == 'U'));
        L("X9", "***NAO USAR***", P(p => p.GetChave().StartsWith("***NAO USAR***", StringComparison.Ordinal)));

        foreach (var s in new[] { "30", "-5", "0", "30.0", "30 dias", "VENCIDO", "N/A", "", "99999999999", " 30", "+30", "007" }) L("X10", "dias_venc \"" + s + "\"", P(p => p.dias_venc == s));
        L("X10", "dias_venc NULL", P(p => p.dias_venc == null));
        L("X10", "numero de dias sem ultimo exame", P(p => p.GetDiasVencimento() != null && p.GetDataUltimoExame() == null));

        foreach (var s in new[] { "M54.5", "m545", "M54", "M54-5", "Z00,0", "DOR LOMBAR", "D64.9", "D48", "D49", "H66.9", "H52.1" }) L("X15", "cid \"" + s + "\"", A(x => x.cid_txt == s));
        L("X15", "cid sem capitulo (Outros)", A(x => x.GetCapitulo() == 0));

        L("X16", "dias dizem uma coisa, datas outra", A(x => x.Ler() && x.dias != null && Models.LerData(x.fim) != null && x.Dias != x.dias));
        L("X16", "fim antes do inicio", A(x => Models.LerData(x.fim) < Models.LerData(x.inicio)));
        L("X16", "sem fim, com dias", A(x => Models.LerData(x.fim) == null && x.Ler()));
        L("X16", "sem fim e sem dias", A(x => Models.LerData(x.fim) == null && x.dias == null));
        L("X16", "sem inicio", A(x => Models.LerData(x.inicio) == null));
        var lidos = abs.Where(x => x.Ler()).ToList();
        L("X16", "atestados que se sobrepoem (pacientes)", lidos.GroupBy(x => x.paciente_id).Count(x => x.OrderBy(y => y.Comeco).Zip(x.OrderBy(y => y.Comeco).Skip(1)).Any(z => z.Second.Comeco <= z.First.Termino)));
        L("X16", "CAT S sem numero", A(x => x.GetAcidente() == true && x.GetNumeroCat() == ""));
        L("X16", "CAT com numero", A(x => x.GetNumeroCat() != ""));
        L("X16", "atestado de horas", A(x => Rx(x.dias_txt, "h")));
        L("X16", "mais de 15 dias", lidos.Count(x => x.Dias > 15));

        L("X21", "paciente sem empresa", P(p => p.empresa_id == null));
        L("X21", "paciente de empresa que nao existe", P(p => p.empresa_id != null && !empresas.Contains(p.empresa_id.Value)));
        L("X21", "pedido sem paciente", peds.Count(p => p.paciente_id == null || !ids.ContainsKey(p.paciente_id.Value)));
        var pedidos = peds.Select(p => p.id).ToHashSet();
        L("X21", "chamada sem pedido", chamadas.Count(c => c == null || !pedidos.Contains(c.Value)));
        L("X21", "ausencia sem paciente", A(x => x.paciente_id == null || !ids.ContainsKey(x.paciente_id.Value)));
    }

    static int Rodadas(string s)
    {
        if (s == null) return 0;
        int n = 0;
        for (var t = Models.DesfazerMojibake(s); t != null && n < 3; t = Models.DesfazerMojibake(t)) n++;
        return n;
    }
}
