using System.Data.Common;
using System.Globalization;
using Clinic.PeriodicalDates.ExamDates;
using Clinic.PeriodicalDates.Pages;

namespace Clinic.PeriodicalDates.Listing;

/// <summary>GET /periodicos/exportar/: the whole list as a spreadsheet.</summary>
internal static class ExportPeriodicals
{
    public const string Path = "/periodicos/exportar/";

    public static async Task<PageAnswer> Handle(HttpContext context, DbDataSource store)
    {
        var query = new PageQuery(context.Request.Query);
        var filter = ListPeriodicals.FilterOf(query, query.Number("dias"));
        var sheet = new Spreadsheet();
        sheet.Row("Código", "Nome", "Empresa", "Último exame", "Dias", "Situação");
        foreach (var exam in await new PeriodicalList(store, filter).ReadAsync(0, int.MaxValue, context.RequestAborted))
        {
            sheet.Row(
                exam.PatientId.ToString(CultureInfo.InvariantCulture),
                exam.Name,
                ListWords.Company(exam.CompanyName),
                exam.LastExamDate.ToString("dd'/'MM'/'yyyy", CultureInfo.InvariantCulture),
                exam.ExpirationDays.ToString(CultureInfo.InvariantCulture),
                ListWords.Label(PeriodicalExam.StatusAfter(exam.ExpirationDays)));
        }

        return PageAnswer.Download("periodicos.csv", sheet);
    }
}
