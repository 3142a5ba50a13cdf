namespace Clinic.Absenteeism.Reports;

/// <summary>The chapters of ICD-10 in Portuguese, in their order.</summary>
internal static class IcdChapter
{
    /// <summary>What belongs to no chapter.</summary>
    public const int Other = 0;

    private static readonly (string Numeral, string Title)[] All =
    [
        ("I", "Algumas doenças infecciosas e parasitárias"),
        ("II", "Neoplasias [tumores]"),
        ("III", "Doenças do sangue e dos órgãos hematopoéticos"),
        ("IV", "Doenças endócrinas, nutricionais e metabólicas"),
        ("V", "Transtornos mentais e comportamentais"),
        ("VI", "Doenças do sistema nervoso"),
        ("VII", "Doenças do olho e anexos"),
        ("VIII", "Doenças do ouvido e da apófise mastóide"),
        ("IX", "Doenças do aparelho circulatório"),
        ("X", "Doenças do aparelho respiratório"),
        ("XI", "Doenças do aparelho digestivo"),
        ("XII", "Doenças da pele e do tecido subcutâneo"),
        ("XIII", "Doenças do sistema osteomuscular e do tecido conjuntivo"),
        ("XIV", "Doenças do aparelho geniturinário"),
        ("XV", "Gravidez, parto e puerpério"),
        ("XVI", "Algumas afecções originadas no período perinatal"),
        ("XVII", "Malformações congênitas e anomalias cromossômicas"),
        ("XVIII", "Sintomas, sinais e achados anormais"),
        ("XIX", "Lesões, envenenamentos e causas externas"),
        ("XX", "Causas externas de morbidade e de mortalidade"),
        ("XXI", "Fatores que influenciam o estado de saúde"),
        ("XXII", "Códigos para propósitos especiais"),
    ];

    /// <summary>1 to 22; <see cref="Other"/> for null and for what is no chapter.</summary>
    public static int NumberOf(string? numeral) => Array.FindIndex(All, chapter => chapter.Numeral == numeral) + 1;

    /// <summary>Roman numeral; null for <see cref="Other"/>.</summary>
    public static string? NumeralOf(int number) => number == Other ? null : All[number - 1].Numeral;

    /// <summary>Numeral and title.</summary>
    public static string TitleOf(int number) => number == Other ? "Outros" : $"{All[number - 1].Numeral} - {All[number - 1].Title}";
}
