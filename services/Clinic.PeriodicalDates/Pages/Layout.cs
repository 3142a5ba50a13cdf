using System.Security.Claims;

namespace Clinic.PeriodicalDates.Pages;

/// <summary>The frame that users know from every page of the clinic. It must not differ by a byte from the other pages of the same site.</summary>
internal static class Layout
{
    public static Html Frame(string title, ClaimsPrincipal user, Html content) => new Html()
        .Line($"""
            <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
            <html xmlns="http://www.w3.org/1999/xhtml" lang="pt-br">
            <head>
            <meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
            <title>{title} - SISMED</title>
            <link rel="stylesheet" type="text/css" href="/static/css/site.css" />
            </head>
            <body>
            <div id="topo">
            <a href="/"><img src="/static/img/logo.gif" alt="SISMED" width="120" height="40" /></a>
            <p id="usuario">Usuário: <strong>{FullName(user)}</strong> | <a href="/logout/">sair</a></p>
            </div>
            <ul id="menu">
            <li><a href="/fila/">Fila</a></li>
            <li><a href="/pacientes/">Pacientes</a></li>
            <li><a href="/pedidos/">Pedidos de exame</a></li>
            <li><a href="/periodicos/">Periódicos</a></li>
            <li><a href="/atestados/">Atestados</a></li>
            <li><a href="/clientes/absenteismo/graficos/consolidado/">Absenteísmo</a></li>
            <li><a href="/clientes/absenteismo/graficos/cat/">CAT</a></li>
            <li><a href="/clientes/">Clientes</a></li>
            </ul>
            <div id="conteudo">
            {content}</div>
            <div id="rodape">SISMED - Sistema de Medicina Ocupacional - versão 1.4</div>
            </body>
            </html>
            """);

    public static Html NotFound(ClaimsPrincipal user) => Frame("Página não encontrada", user, new Html().Line($"""
        <h1>Página não encontrada (404)</h1>
        <p>O endereço pedido não existe neste servidor.</p>
        <p><a href="/">Voltar ao início</a></p>
        """));

    /// <summary>Says nothing of the user: whatever broke may have been that.</summary>
    public static Html Failed() => new Html().Line($"""
        <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
        <html xmlns="http://www.w3.org/1999/xhtml" lang="pt-br">
        <head><title>Erro no servidor - SISMED</title>
        <link rel="stylesheet" type="text/css" href="/static/css/site.css" />
        </head>
        <body>
        <div id="conteudo">
        <h1>Erro no servidor (500)</h1>
        <p>Aconteceu um erro. A equipe já foi avisada por e-mail.</p>
        <p><a href="/">Voltar ao início</a></p>
        </div>
        </body>
        </html>
        """);

    private static string FullName(ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.GivenName) ?? user.Identity?.Name ?? "";
}
