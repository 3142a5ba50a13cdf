namespace Clinic.Legacy;
public static partial class Views { public static Task Atender(HttpContext ctx) { return Task.CompletedTask; } }
