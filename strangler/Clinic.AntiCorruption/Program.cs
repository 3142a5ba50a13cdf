using Clinic.AntiCorruption;
using Microsoft.Extensions.Options;

try
{
    await AntiCorruptionHost.Create(args).RunAsync();
    return 0;
}
catch (OptionsValidationException broken)
{
    foreach (var fault in broken.Failures) Console.Error.WriteLine(fault);
}
catch (IOException refused)
{
    Console.Error.WriteLine($"{refused.Message} Give another address with --urls.");
}

return 1;
