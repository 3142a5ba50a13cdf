using Microsoft.Extensions.Options;
using Strangler.Facade;
using Strangler.Messaging;
using Warehouse.Layer;
using Warehouse.Legacy;
using Warehouse.Service;

// The whole warehouse in one process: --data DIR (default data/warehouse), --port N (first of five, default 8090).
var settings = new ConfigurationBuilder().AddCommandLine(args).Build();
var data = Directory.CreateDirectory(settings["data"] ?? Path.Combine("data", "warehouse")).FullName;
if (!ushort.TryParse(settings["port"] ?? "8090", out var port))
{
    Console.Error.WriteLine($"--port '{settings["port"]}' is no port; give a number from 1 to 65531.");
    return 2;
}

var routes = Path.Combine(data, "routes.json");
if (!File.Exists(routes)) File.Copy(Path.Combine(AppContext.BaseDirectory, "routes.json"), routes);

var running = new Stack<WebApplication>();
try
{
    // One medium for both hosts that speak messages; --Messaging:RabbitMq:Uri on each of them would make it RabbitMQ.
    var medium = new InProcessMedium();
    await StartAsync(OldWarehouse.Create(At(2), Database("old-warehouse")));
    await StartAsync(PartsHost.Create(With(3, "--ConnectionStrings:Store", Database("parts")), medium));
    await StartAsync(LayerHost.Create(
        With(4, "--ConnectionStrings:Source", Database("old-warehouse"), "--ConnectionStrings:Store", Database("layer")), medium));
    return await StranglerFacade.RunAsync(CreateFacade);
}
catch (OptionsValidationException broken)
{
    foreach (var failure in broken.Failures) Console.Error.WriteLine(failure);
    return 1;
}
finally
{
    while (running.TryPop(out var host))
    {
        await host.StopAsync();
        await host.DisposeAsync();
    }
}

WebApplication CreateFacade()
{
    var builder = WebApplication.CreateSlimBuilder(With(
        0,
        "--Facade:Admin", At(1),
        "--Facade:Routes", routes,
        "--Facade:State", Path.Combine(data, "facade"),
        "--Facade:Addresses:legacy", At(2),
        "--Facade:Addresses:parts", At(3)));
    builder.AddStranglerFacade();
    var facade = builder.Build().UseStranglerFacade();
    facade.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"The warehouse is ready: {At(0)}/parts/HB-M8 (admin {At(1)}, layer {At(4)})"));
    return facade;
}

string At(int offset) => $"http://127.0.0.1:{port + offset}";

string Database(string name) => $"Data Source={Path.Combine(data, name + ".db")}";

string[] With(int offset, params string[] rest) => ["--urls", At(offset), "--Logging:LogLevel:Default", "Warning", .. rest];

async Task StartAsync(WebApplication host)
{
    running.Push(host);
    await host.StartAsync();
}
