using Microsoft.Playwright;
using Strangler.Tests.Servers;

namespace EndToEnd.Tests.Clinics;

/// <summary>The distribution's Chromium: Playwright's own download is not needed.</summary>
internal static class Chromium
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    public static async Task<IBrowser> LaunchAsync(IPlaywright playwright)
    {
        var executable = Places.FirstOrDefault(File.Exists);
        TestServers.RequireInstalled("Chromium", executable is not null);
        return await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = executable,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }
}
