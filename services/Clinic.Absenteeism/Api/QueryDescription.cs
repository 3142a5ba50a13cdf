using Microsoft.OpenApi;

namespace Clinic.Absenteeism.Api;

internal static class QueryDescription
{
    /// <summary>Says what a value of the query is: endpoints take text, so that every error can be told at once.</summary>
    public static void DescribeQuery(this OpenApiOperation operation, string name, OpenApiSchema schema)
    {
        var parameter = operation.Parameters?.OfType<OpenApiParameter>().SingleOrDefault(parameter => parameter.Name == name)
            ?? throw new ArgumentException($"{operation.OperationId} has no value '{name}' in its query.", nameof(name));
        parameter.Schema = schema;
    }
}
