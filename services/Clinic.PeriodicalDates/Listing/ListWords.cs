using Clinic.PeriodicalDates.ExamDates;

namespace Clinic.PeriodicalDates.Listing;

/// <summary>What screens and spreadsheets call things.</summary>
internal static class ListWords
{
    public static string Label(ExamStatus status) => status switch
    {
        ExamStatus.Overdue => "Vencido",
        ExamStatus.DueSoon => "Vence em 30 dias",
        _ => "Em dia",
    };

    /// <summary>Name in the site's style sheet.</summary>
    public static string Style(ExamStatus status) => status switch
    {
        ExamStatus.Overdue => "vencido",
        ExamStatus.DueSoon => "vence",
        _ => "emdia",
    };

    public static string Company(string? name) => string.IsNullOrEmpty(name) ? "-" : name;
}
