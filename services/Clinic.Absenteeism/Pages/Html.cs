using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Clinic.Absenteeism.Pages;

/// <summary>A piece of a page under construction. Markup comes from the code alone: whatever stands in a hole is escaped.</summary>
internal sealed class Html
{
    private readonly StringBuilder text = new();

    public Html Add([InterpolatedStringHandlerArgument("")] Fragment fragment) => this;

    public Html Line([InterpolatedStringHandlerArgument("")] Fragment fragment)
    {
        text.Append('\n');
        return this;
    }

    public override string ToString() => text.ToString();

    [InterpolatedStringHandler]
    public readonly struct Fragment
    {
        private readonly StringBuilder text;

        public Fragment(int literalLength, int holes, Html page)
        {
            text = page.text;
            text.EnsureCapacity(text.Length + literalLength + (8 * holes));
        }

        public void AppendLiteral(string markup) => text.Append(markup);

        /// <summary>Finished markup.</summary>
        public void AppendFormatted(Html markup) => text.Append(markup.text);

        public void AppendFormatted(long number) => text.Append(CultureInfo.InvariantCulture, $"{number}");

        /// <summary>Day, month, year, as Brazil writes it.</summary>
        public void AppendFormatted(DateOnly day) => text.Append(CultureInfo.InvariantCulture, $"{day:dd'/'MM'/'yyyy}");

        public void AppendFormatted(string content)
        {
            foreach (var character in content)
            {
                _ = character switch
                {
                    '&' => text.Append("&amp;"),
                    '<' => text.Append("&lt;"),
                    '>' => text.Append("&gt;"),
                    '"' => text.Append("&quot;"),
                    '\'' => text.Append("&#39;"),
                    _ => text.Append(character),
                };
            }
        }
    }
}
