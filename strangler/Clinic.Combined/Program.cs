using Clinic.Combined;

if (args is ["--help"] or ["-h"])
{
    Console.WriteLine(CombinedArguments.Help);
    return 0;
}

var arguments = CombinedArguments.Parse(args, out var errors);
if (arguments is null)
{
    foreach (var error in errors) Console.Error.WriteLine($"combined: {error}");
    return 2;
}

try
{
    await using var clinic = await CombinedClinic.StartAsync(arguments);
    Console.WriteLine(Welcome.Text(arguments, clinic.Listeners));
    await Interrupt.WaitAsync();
    Console.WriteLine("Stopping; the data stays in " + arguments.DataFolder);
    return 0;
}
catch (StartException refused)
{
    foreach (var line in refused.Message.Split(Environment.NewLine)) Console.Error.WriteLine($"combined: {line}");
    return 1;
}
