using System.Security.Cryptography;
using EndToEnd.Tests.Clinics;
using Microsoft.Playwright;

namespace EndToEnd.Tests;

/// <summary>A user works in a real Chromium while the route flips under the open page.</summary>
public abstract class BrowserTests<TClinic>(TClinic clinic) : SharedClinicTests(clinic)
    where TClinic : RunningClinic
{
    [Fact]
    public async Task A_user_in_a_browser_works_through_legacy_and_service_without_noticing()
    {
        await StoredRows.AssertEqualAsync(clinic);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright);
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1100, Height = 900 } });
        await page.GotoAsync(new Uri(clinic.Facade, "/periodicos/").AbsoluteUri);
        await page.FillAsync("input[name=username]", "maria");
        await page.FillAsync("input[name=password]", "senha123");
        await page.PressAsync("input[name=password]", "Enter");
        await page.WaitForURLAsync("**/periodicos/");
        var before = await WorkAsync(page);

        await Tool.FlipAsync(clinic, "periodicals", "service");
        var flipped = await WorkAsync(page);
        await Tool.FlipAsync(clinic, "periodicals", "legacy");
        var back = await WorkAsync(page);

        Assert.Equal(before, flipped);
        Assert.Equal(before, back);
    }

    /// <summary>What a user sees on the way: address, title and picture of every page.</summary>
    private async Task<List<string>> WorkAsync(IPage page)
    {
        var seen = new List<string>();
        await page.GotoAsync(new Uri(clinic.Facade, "/periodicos/").AbsoluteUri);
        await LookAsync();
        await page.FillAsync("input[name=q]", "ana");
        await page.PressAsync("input[name=q]", "Enter");
        await page.WaitForURLAsync("**q=ana*");
        await LookAsync();
        await page.ClickAsync("a[href*='pagina=2']");
        await page.WaitForURLAsync("**pagina=2*");
        await LookAsync();
        await page.GotoAsync(new Uri(clinic.Facade, "/periodicos/vencendo/?dias=30").AbsoluteUri);
        await LookAsync();
        return seen;

        async Task LookAsync()
        {
            var picture = await page.ScreenshotAsync(new() { FullPage = true, Caret = ScreenshotCaret.Hide });
            seen.Add($"{new Uri(page.Url).PathAndQuery} | {await page.TitleAsync()} | {Convert.ToHexStringLower(SHA256.HashData(picture))}");
            if (Environment.GetEnvironmentVariable("STRANGLER_TEST_PICTURES") is { Length: > 0 } folder)
            {
                Directory.CreateDirectory(folder);
                await File.WriteAllBytesAsync(Path.Combine(folder, $"{typeof(TClinic).Name}-{seen.Count}-{DateTime.UtcNow:HHmmssfff}.png"), picture);
            }
        }
    }
}

[Collection(nameof(CombinedClinic))]
public sealed class CombinedBrowserTests(CombinedClinic clinic) : BrowserTests<CombinedClinic>(clinic);

[Collection(nameof(DistributedClinic))]
public sealed class DistributedBrowserTests(DistributedClinic clinic) : BrowserTests<DistributedClinic>(clinic);
