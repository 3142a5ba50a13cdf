namespace Clinic.AntiCorruption.Readings;

/// <summary>State of an exam request.</summary>
internal enum RequestStatus
{
    Open,
    Finished,
    Cancelled,
}

/// <summary>X4, exam requests: letters, and the numbers that a newer screen writes into the same column. Nothing written is how the oldest rows say open.</summary>
internal static class RequestStatusReading
{
    public static Reading<RequestStatus> Read(string? text) => (text ?? "").Trim().ToUpperInvariant() switch
    {
        "" or "A" or "P" or "0" or "1" or "2" => Reading<RequestStatus>.Known(RequestStatus.Open),
        "F" or "3" => Reading<RequestStatus>.Known(RequestStatus.Finished),
        "C" or "4" or "5" => Reading<RequestStatus>.Known(RequestStatus.Cancelled),
        var code => Reading<RequestStatus>.Refused("X4.unknown-request-status", $"status is {UnknownCode.Show(code)}, a code that nobody explained"),
    };
}
