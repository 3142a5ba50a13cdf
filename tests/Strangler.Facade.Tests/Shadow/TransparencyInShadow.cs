namespace Strangler.Facade.Tests;

// The whole list again while every answer is kept for comparison and every copy fails: nobody answers where the service should be.
// A path of its own, because a route that takes every path cannot be shadowed.
public sealed class AttemptsTestsInShadow() : AttemptsTests(Stage.Shadow);

public sealed class FramingTestsInShadow() : FramingTests(Stage.Shadow);

public sealed class RequestTransparencyTestsInShadow() : RequestTransparencyTests(Stage.Shadow);

public sealed class StreamingTestsInShadow() : StreamingTests(Stage.Shadow);

public sealed class FacadePageTestsInShadow() : FacadePageTests(Stage.Shadow);

public sealed class ResponseTransparencyTestsInShadow() : ResponseTransparencyTests(Stage.Shadow);
