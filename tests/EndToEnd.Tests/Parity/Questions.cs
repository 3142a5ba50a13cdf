using System.Globalization;

namespace EndToEnd.Tests.Parity;

/// <summary>What users, bookmarks, robots and typing errors ask of the two routes.</summary>
internal static class Questions
{
    private const string Consolidated = "/clientes/absenteismo/graficos/consolidado/";
    private const string Accidents = "/clientes/absenteismo/graficos/cat/";

    private static readonly string[] Numbers =
        ["", "0", "-1", "1", "2", "7", "30", "31", "365", "2147483647", "-2147483648", "2147483648", "99999999999", "%2B30", "%2030%20", "30.0", "3e1", "0x1E", "030", "trinta", "%C2%A030", "30%00", "%D9%A3"];

    private static readonly string[] Names =
    [
        "", "%20", "+", "a", "MARIA", "maria", "jos%C3%A9", "JOSE", "Jos%C3%A9+da", "%C3%87", "c", "%C2%B4", "%25", "_", "!", "%5C", "%00", "a%00", "%27", "%22", "%3Cscript%3E",
        "%26amp;", "D%27", "%C3%A3%C3%A3", "e%CC%81", "%F0%9F%98%80", "%C3%9F", "%C4%B1", "?", "%3F", "%2F", ".", "*", "%09", "%0A", "-", "%ED%A0%80", "%FF",
    ];

    private static readonly string[] Days =
        ["", "01/01/2015", "31/12/2015", "29/02/2016", "29/02/2015", "1/1/2015", "2015-01-01", "01-01-2015", "00/00/0000", "01/01/0001", "31/12/9999", "%2001/01/2015%20", "01%2F06%2F2015", "hoje"];

    public static IEnumerable<string> Periodicals(int pages) =>
    [
        .. Enumerable.Range(0, pages + 2).Select(page => string.Create(CultureInfo.InvariantCulture, $"/periodicos/?pagina={page}")),
        .. Numbers.SelectMany(number => (string[])
        [
            $"/periodicos/?pagina={number}", $"/periodicos/?empresa={number}", $"/periodicos/?dias={number}",
            $"/periodicos/vencendo/?dias={number}", $"/periodicos/vencendo/?dias={number}&pagina=2", $"/periodicos/exportar/?dias={number}", $"/periodicos/exportar/?empresa={number}",
        ]),
        .. Names.SelectMany(name => (string[])[$"/periodicos/?q={name}", $"/periodicos/?q={name}&pagina=2", $"/periodicos/vencendo/?q={name}&dias=400", $"/periodicos/exportar/?q={name}"]),
        .. Enumerable.Range(1, 40).Select(company => string.Create(CultureInfo.InvariantCulture, $"/periodicos/?empresa={company}&q=a")),
        "/periodicos/", "/periodicos/?", "/periodicos/?&&=&a", "/periodicos/?q=a&q=b", "/periodicos/?q=a&q=", "/periodicos/?Q=a", "/periodicos/?empresa=1&empresa=2&pagina=1&pagina=2",
        "/periodicos/vencendo/", "/periodicos/vencendo/?empresa=3&q=a&dias=90&pagina=2", "/periodicos/exportar/", "/periodicos/exportar/?empresa=3&q=a&dias=90",
    ];

    public static IEnumerable<string> Absences() =>
        from page in (string[])[Consolidated, Accidents, Consolidated + "exportar/", Accidents + "exportar/"]
        from query in (string[])
        [
            "", "?", "?empresa=1&empresa=2", "?de=01/01/2015&de=01/06/2015",
            .. Numbers.Select(number => $"?empresa={number}"),
            .. Enumerable.Range(1, 40).Select(company => string.Create(CultureInfo.InvariantCulture, $"?empresa={company}")),
            .. Days.SelectMany(day => (string[])[$"?de={day}", $"?ate={day}", $"?de={day}&ate=30/06/2015", $"?de=15/01/2015&ate={day}&empresa=2"]),
            .. Enumerable.Range(0, 24).Select(month => string.Create(CultureInfo.InvariantCulture, $"?de=17/{(month % 12) + 1:00}/{2014 + (month / 12)}&ate=16/{((month + 1) % 12) + 1:00}/{2014 + ((month + 1) / 12)}")),
        ]
        select page + query;

    /// <summary>Below the two routes: what is no page, or a page spelled otherwise.</summary>
    public static IEnumerable<string> Paths() =>
        from path in (string[])
        [
            "/periodicos", "/periodicos//", "/periodicos/./", "/periodicos/../periodicos/", "/periodicos/x", "/periodicos/x/", "/periodicos/Vencendo/", "/PERIODICOS/", "/period%69cos/", "/period%69cos",
            "/periodicos%2F", "/periodicos/vencendo%2F", "/periodicos/vencendo", "/periodicos/exportar", "/periodicos/exportar/x", "/periodicos/%C3%A9", "/periodicos/%00", "/periodicos;a=b/", "/periodicos/a%2Fb/", "/periodicos/%252F/",
            "/clientes/absenteismo/", "/clientes/absenteismo/graficos/", "/clientes/absenteismo/graficos/cat", "/clientes/absenteismo/graficos/cat//", "/clientes/absenteismo/graficos/CAT/",
            "/clientes/absenteismo/graficos/cat/exportar", "/clientes/absenteismo/graficos/c%61t", "/clientes/absenteismo/graficos/consolidado", "/clientes/absenteismo/graficos/consolidado/x/",
        ]
        from query in (string[])["", "?", "?a=b", "?a=%2F&a=%C3%A9+%20&b", "?next=//x/y?z", "?q='\"<>"]
        select path + query;
}
