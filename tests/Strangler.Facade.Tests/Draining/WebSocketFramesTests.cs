namespace Strangler.Facade.Tests;

public sealed class WebSocketFramesTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(125, true)]
    [InlineData(126, false)]
    [InlineData(65_535, true)]
    [InlineData(65_536, false)]
    [InlineData(1_000_000, true)]
    public void Ends_of_frames_are_found_in_pieces_of_any_size(int length, bool masked)
    {
        byte[] two = [.. Frame(length, masked), .. Frame(3, !masked)];

        foreach (var piece in new[] { 1, 2, 3, 7, 1000, two.Length })
        {
            var frames = new WebSocketFrames();
            var ends = new List<int>();
            for (var at = 0; at < two.Length; at += piece)
            {
                var taken = two.AsSpan(at, Math.Min(piece, two.Length - at));
                var boundary = frames.Take(taken);
                if (boundary > 0) ends.Add(at + boundary);
                Assert.Equal(boundary == taken.Length, frames.AtBoundary);
            }

            Assert.Equal(two.Length, ends[^1]);
            if (piece <= 3) Assert.Equal(Frame(length, masked).Length, ends[0]);
        }
    }

    private static byte[] Frame(int length, bool masked)
    {
        var mask = masked ? 0x80 : 0;
        byte[] head = length switch
        {
            < 126 => [0x82, (byte)(mask | length)],
            < 65_536 => [0x82, (byte)(mask | 126), (byte)(length >> 8), (byte)length],
            _ => [0x82, (byte)(mask | 127), 0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length],
        };
        return [.. head, .. new byte[masked ? 4 : 0], .. new byte[length]];
    }
}
